"""What a source says becomes signals of instances; what it cannot say is told, and taken back."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from tierline.conductor.asking_sources import Asking
from tierline.conductor.inbox import Inbox
from tierline.conductor.sight import Sight
from tierline.conductor.virtual import EPOCH, VirtualClock, run_virtually
from tierline.evidence.signals import table
from tierline.evidence.signals.model import Heard, Question, Unanswered, Wanted
from tierline.facts.evidence import Signal, SignalKind
from tierline.facts.observation import Instance, Phase, Seen
from tierline.policy.model import SignalSource

SERVICE, OTHER = "M01-Accounts", "M02-Other"
OF = SignalSource(SignalKind.METRICS, "prometheus", "http://p", every=5.0)
LOGS = SignalSource(SignalKind.LOGS, "loki", "http://l", every=5.0)

Said = tuple[Heard, ...] | Unanswered


class Scripted:
    """A source that says one thing after the other, the last one again and again."""

    def __init__(self, said: Sequence[Said]) -> None:
        self.said, self.asked, self.closed = list(said), list[Question](), False

    async def ask(self, question: Question) -> tuple[Heard, ...]:
        self.asked.append(question)
        now = self.said.pop(0) if len(self.said) > 1 else self.said[0]
        if isinstance(now, Unanswered):
            raise now
        return now

    async def close(self) -> None:
        self.closed = True


def heard(newest: float | None, age: float = 0.0, instance: str = "sent-by-1") -> Heard:
    return Heard(SERVICE, "rev1", instance, 1, newest, age)


def runs(phase: Phase = Phase.RUNNING) -> Seen:
    one = Instance("api-1", "api", "rev1", phase, started_at=EPOCH - 100, sender="sent-by-1")
    return Seen(SERVICE, (one,), at=EPOCH)


def told(
    monkeypatch: pytest.MonkeyPatch,
    seconds: float,
    *said: Said,
    of: SignalSource = OF,
    seen: Seen | None = None,
) -> tuple[list[Signal], Scripted]:
    """The signals that reach the loop in so many seconds."""
    source = Scripted(said)

    def opened(_: SignalSource) -> Scripted:
        return source

    monkeypatch.setattr(table, "open_source", opened)
    found: list[Signal] = []

    async def run() -> None:
        sight, inbox = Sight(), Inbox()
        sight.observe(seen or runs())
        clock = VirtualClock()
        task = asyncio.create_task(Asking(of, clock, sight, inbox).run(lambda: (SERVICE,)))
        while clock.now() < EPOCH + seconds:
            for item in await inbox.take(0.5):
                assert isinstance(item, Signal)
                sight.learn(item)
                found.append(item)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    run_virtually(run())
    return found, source


def test_the_first_answer_is_as_old_as_it_says_and_a_later_one_is_new(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said = (heard(990.0, age=50.0),), (heard(990.0, age=55.0),), (heard(1001.0, age=1.0),)
    (first, second), source = told(monkeypatch, 14, *said)
    assert first == Signal(SERVICE, SignalKind.METRICS, "rev1", "api-1", EPOCH - 50, EPOCH - 50, 1)
    assert (second.instance, second.first_at, second.count) == ("api-1", EPOCH - 50, 2)
    assert second.at == pytest.approx(EPOCH + 10)
    assert source.asked[0] == Question((Wanted(SERVICE, "sent-by-1"),), 160.0)
    assert len(source.asked) == 3
    assert source.closed


def test_who_was_heard_is_not_asked_about_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    _, source = told(monkeypatch, 19, (heard(990.0),))
    assert len(source.asked) == 1


def test_logs_are_asked_for_until_there_are_some(monkeypatch: pytest.MonkeyPatch) -> None:
    found, source = told(monkeypatch, 300, (), (heard(None, age=160.0),), of=LOGS)
    assert [(one.kind, one.instance) for one in found] == [(SignalKind.LOGS, "api-1")]
    assert len(source.asked) == 2


def test_nobody_is_asked_about_who_has_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    found, source = told(monkeypatch, 30, (heard(990.0),), seen=runs(Phase.EXITED))
    assert (found, source.asked) == ([], [])


def test_services_that_nobody_shows_are_not_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    stranger = Heard(OTHER, "rev1", "x", 1, 990.0, 0.0)
    assert told(monkeypatch, 3, (stranger,))[0] == []


def test_a_source_without_an_answer_is_told_each_time_and_taken_back_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    down = Unanswered("prometheus at http://p: refused")
    found, _ = told(monkeypatch, 24, down, down, (), (heard(990.0),))
    assert [(one.count, one.detail, one.instance) for one in found] == [
        (0, "prometheus at http://p: refused", ""),
        (0, "prometheus at http://p: refused", ""),
        (0, "", ""),
        (1, "", "api-1"),
    ]

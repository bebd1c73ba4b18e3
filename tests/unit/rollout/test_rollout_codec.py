"""Events to rows and back; rows that nobody of ours wrote."""

from __future__ import annotations

import json
from dataclasses import fields

import pytest

from tierline.errors import PermanentError
from tierline.facts.decision import Severity
from tierline.rollout import codec
from tierline.rollout.codec import VERSION, decode, encode
from tierline.rollout.events import (
    Action,
    BackStep,
    CheckpointReached,
    Command,
    CommandAccepted,
    EffectIntended,
    EffectSettled,
    Ending,
    Event,
    Judged,
    LeaseAcquired,
    NotBack,
    RollbackDecided,
    RolloutEnded,
    RolloutRequested,
    ServiceDegraded,
    ServiceJudged,
    ServiceObserved,
    ServiceRecovered,
    WatchBegan,
    WatchEnded,
    WatermarkRaised,
)

EVENTS: tuple[Event, ...] = (
    RolloutRequested("digest", "ada", unchanged=("A", "B"), supersedes="R-1"),
    RolloutRequested("d", "ada", approvals=("{}",), break_glass="fire", passed=("a/b: A",)),
    RolloutRequested("d", "ada", commit="c0ffee", contracts="ab", uncommitted=("contracts",)),
    LeaseAcquired("ada@host", 7),
    *(EffectIntended(f"R/A/{a}/1", "A", a, 1, "rev") for a in Action),
    EffectSettled("R/A/apply/1", "A", "refused", "code", "says “no”\n\x1f", temporary=True),
    ServiceObserved("A", "exited", "rev", "R/A/apply/1", "api exited with 3"),
    *(ServiceJudged("A", "k", v, "rev", "c", "m", '{"version":1}') for v in Judged),
    ServiceJudged("A", "k", Judged.VERIFIED, "rev", "c", "m", "{}", ("B", "C")),
    *(CommandAccepted(4, c, "ada", "reason") for c in Command),
    CheckpointReached("t0-l1"),
    CommandAccepted(5, Command.RESUME, "ada", passes="t0-l1"),
    *(RolloutEnded(e, "reason") for e in Ending),
    WatchBegan("ada", 600.0, 10.0, 90.0),
    *(ServiceDegraded("A", 12.5, s, "health/lost", "why", "B") for s in Severity),
    ServiceRecovered("A"),
    WatchEnded("interrupted"),
    WatermarkRaised("A", "rev", 4, (3, 4), ("bus=1", "bus=2"), ("bus=2",), ("A",)),
    RollbackDecided(
        ("A",),
        (BackStep("A", "old", 0, "it failed", ("api", "worker"), True, ("B",)),),
        (NotBack("rollback/new-format", "B", ("A failed", "B wrote")),),
        ("said",),
    ),
    EffectSettled("k", "A", "unknown", message="bytes that are no text: \udcff"),
)


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.TYPE)
def test_an_event_comes_back_as_it_was(event: Event) -> None:
    kind, version, body = encode(event)
    assert (kind, version) == (event.TYPE, ROWS[event.TYPE][0])
    assert decode(kind, version, body) == event


def test_every_kind_of_event_is_tried() -> None:
    kinds = set(Event.__args__)  # type: ignore[attr-defined] # Event is a union
    assert {type(event) for event in EVENTS} == kinds


def test_a_request_from_before_commits_were_noted_is_still_read() -> None:
    body = (
        '{"approvals":["{}"],"break_glass":"","passed":[],"plan_digest":"d",'
        '"requested_by":"ada","supersedes":"","unchanged":[]}'
    )
    assert decode("rollout.requested", 2, body) == RolloutRequested("d", "ada", approvals=("{}",))


def test_a_request_from_before_approvals_is_still_read() -> None:
    body = '{"plan_digest":"d","requested_by":"ada","supersedes":"","unchanged":["A"]}'
    assert decode("rollout.requested", 1, body) == RolloutRequested("d", "ada", ("A",))


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.TYPE)
def test_a_body_is_one_line_of_json_that_any_disk_can_hold(event: Event) -> None:
    body = encode(event)[2]
    assert "\n" not in body
    assert body.encode("utf-8")
    assert list(json.loads(body)) == sorted(json.loads(body))


@pytest.mark.parametrize(
    ("kind", "version"),
    [("wind.blew", 1), ("rollout.ended", 3), ("rollout.requested", 4), ("", VERSION)],
)
def test_what_a_newer_tierline_wrote_is_said_to_be_so(kind: str, version: int) -> None:
    with pytest.raises(PermanentError, match="written by a newer tierline") as caught:
        decode(kind, version, "{}")
    assert caught.value.code == "journal/newer"
    assert kind in caught.value.message


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "[]",
        "null",
        "7",
        "{}",
        '{"ending":"well","reason":""}',
        '{"ending":"held","reason":"","more":1}',
        '{"ending":["held"],"reason":""}',
        '{"ending":{},"reason":""}',
        "[" * 100_000,
    ],
)
def test_a_damaged_body_is_said_to_be_so(body: str) -> None:
    with pytest.raises(PermanentError, match=r"rollout\.ended cannot be read") as caught:
        decode("rollout.ended", 1, body)
    assert caught.value.code == "journal/damaged"
    assert "backup" in caught.value.fix


ROWS = {
    "rollout.requested": (
        3,
        (
            "plan_digest requested_by unchanged supersedes approvals break_glass passed "
            "commit contracts uncommitted"
        ),
    ),
    "lease.acquired": (1, "holder fence"),
    "effect.intended": (1, "key service_id action attempt revision"),
    "effect.settled": (1, "key service_id outcome code message temporary"),
    "service.observed": (1, "service_id phase revision last_key detail"),
    "service.judged": (2, "service_id key verdict revision code message evidence holds"),
    "checkpoint.reached": (1, "after"),
    "command.accepted": (3, "command_id command by reason passes blamed downtime"),
    "rollout.ended": (2, "ending reason"),
    "watermark.raised": (1, "service_id revision epoch accepts reads writes owns"),
    "rollback.decided": (1, "failed steps refusals remarks"),
    "watch.began": (1, "by seconds sustained_seconds silence_seconds"),
    "service.degraded": (1, "service_id since severity code message because"),
    "service.recovered": (1, "service_id"),
    "watch.ended": (1, "reason"),
}
"""type -> version and fields: who changes the fields of a type gives it the next version"""


def test_no_type_changes_its_fields_without_another_version() -> None:
    found = {
        kind: (codec._VERSIONS.get(kind, codec.VERSION), " ".join(f.name for f in fields(event)))
        for kind, event in codec._TYPES.items()
    }
    assert found == ROWS


def test_a_row_from_before_checkpoints_is_read_and_one_from_later_is_told_as_such() -> None:
    body = '{"by":"ada","command":"resume","command_id":3,"reason":""}'
    assert decode("command.accepted", 1, body) == CommandAccepted(3, Command.RESUME, "ada")
    for kind, version in (("command.accepted", 4), ("checkpoint.passed", 1)):
        with pytest.raises(PermanentError, match="was written by a newer tierline") as caught:
            decode(kind, version, "{}")
        assert caught.value.code == "journal/newer"

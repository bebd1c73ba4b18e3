"""Expectations and evidence for tests, told in few words: a service that works, then what does not."""

from __future__ import annotations

from dataclasses import replace

from tierline.facts.decision import Severity
from tierline.facts.evidence import (
    Answer,
    Dependencies,
    Health,
    Requests,
    Signal,
    SignalKind,
)
from tierline.facts.observation import Instance, Phase, Seen
from tierline.policy.model import Demand, Limits
from tierline.verification.judge import judge
from tierline.verification.model import Condition, Expectation, Observations, Standing, Verdict

SERVICE, KEY, REVISION, PREVIOUS = "M05-Payments", "R-1/M05-Payments/apply/1", "a" * 32, "b" * 32
SINCE, DEADLINE, NOW = 100.0, 115.0, 104.0
OWNERS = ("M01-Authentication", "M02-Profile")


def expecting(**changes: object) -> Expectation:
    """A service with api and worker, two owners and all three signals required."""
    usual = Expectation(
        service_id=SERVICE,
        revision=REVISION,
        key=KEY,
        since=SINCE,
        deadline=DEADLINE,
        workloads=("api", "worker"),
        serves_http=True,
        owners=OWNERS,
        signals=dict.fromkeys(SignalKind, Demand.REQUIRED),
        limits=Limits(),
    )
    return replace(usual, **changes)


def instance(workload: str, **changes: object) -> Instance:
    """A running instance of the planned revision, started by the expected effect."""
    usual = Instance(
        f"{workload}-1", workload, REVISION, Phase.RUNNING, key=KEY, started_at=SINCE + 0.1
    )
    return replace(usual, **changes)


def seen(*instances: Instance, **changes: object) -> Seen:
    """What the target shows; api and worker where no instances are named."""
    shown = instances or (instance("api"), instance("worker"))
    return replace(Seen(SERVICE, shown, last_key=KEY, at=SINCE + 1), **changes)


def answers(workload: str, said: str, start: float = SINCE + 1, step: float = 0.02) -> list[Health]:
    """Health answers of the current instance: `+` ok, `-` failed, `.` nobody, `?` unknown, `!` a
    stranger's ok."""
    kinds = {
        "+": Answer.OK,
        "!": Answer.OK,
        "-": Answer.FAILED,
        ".": Answer.NOBODY,
        "?": Answer.UNKNOWN,
    }
    return [
        Health(
            SERVICE,
            workload,
            "" if letter in "!." else f"{workload}-1",
            start + step * number,
            kinds[letter],
        )
        for number, letter in enumerate(said)
    ]


def healthy(api: str = "+++", worker: str = "+++") -> tuple[Health, ...]:
    """Answers of both workloads."""
    return (*answers("api", api), *answers("worker", worker))


def signal(kind: SignalKind, **changes: object) -> Signal:
    """Telemetry of the current api instance, from after the start."""
    usual = Signal(SERVICE, kind, REVISION, "api-1", SINCE + 1, SINCE + 2, 5)
    return replace(usual, **changes)


def requests(total: int = 120, errors: int = 0, **changes: object) -> Requests:
    """Requests that the api answered."""
    return replace(Requests(SERVICE, "api-1", SINCE + 3, total, errors), **changes)


def ready(*reached: str, **changes: object) -> Dependencies:
    """A readiness answer that names `reached` as reached, all owners by default."""
    named = dict.fromkeys(reached or OWNERS, True)
    return replace(Dependencies(SERVICE, "api-1", SINCE + 2, Answer.OK, named), **changes)


def working(**changes: object) -> Observations:
    """Everything that "verified" asks for."""
    usual = Observations(
        seen=seen(),
        health=healthy(),
        dependencies=ready(),
        signals=tuple(signal(kind) for kind in SignalKind),
        requests=requests(),
    )
    return replace(usual, **changes)


def condition(verdict: Verdict, name: str) -> Condition:
    """One condition of a verdict."""
    return next(each for each in verdict.conditions if each.name == name)


def judged(now: float = NOW, expectation: Expectation | None = None, **changes: object) -> Verdict:
    """The verdict on a working service but for `changes`."""
    return judge(expectation or expecting(), working(**changes), now)


def not_ok(verdict: Verdict) -> dict[str, str]:
    """Code -> message of every condition that is not ok."""
    return {c.code: c.message for c in verdict.conditions if c.status is not Severity.OK}


def failed(verdict: Verdict) -> dict[str, str]:
    """Code -> message of all that is not ok in a verdict that says failed."""
    assert verdict.standing is Standing.FAILED
    return not_ok(verdict)


def failed_by(verdict: Verdict, name: str) -> Condition:
    """The condition of that name, which makes a verdict say failed and is told first."""
    assert verdict.standing is Standing.FAILED
    assert verdict.decisive == condition(verdict, name)
    return condition(verdict, name)

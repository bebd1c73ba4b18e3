"""Did the demanded telemetry arrive, from this instance at this revision? Knows no protocol."""

from __future__ import annotations

from tierline.facts.decision import Severity
from tierline.facts.evidence import Signal, SignalKind
from tierline.policy.model import Demand
from tierline.verification.case import Case, Ruling, cut, short, together
from tierline.verification.conditions.health import healthy_at

GRACE_SECONDS = 2.5
"""how long after health a signal that is only expected is waited for"""


def signals(case: Case) -> Ruling:
    """Each kind that is asked for arrived from the right instance at the right revision."""
    asked = [(k, d) for k, d in case.expectation.signals.items() if d is not Demand.OFF]
    if not asked:
        return Ruling(Severity.OK, "telemetry/off", "no telemetry is asked for")
    return together([_kind(case, kind, demand) for kind, demand in sorted(asked)])


def _kind(case: Case, kind: SignalKind, demand: Demand) -> Ruling:
    told = [signal for signal in case.observations.signals if signal.kind is kind]
    heard = [signal for signal in told if signal.count > 0]
    deaf = next((signal.detail for signal in told if signal.detail), "")
    right = [signal for signal in heard if _right(case, signal)]
    if any(not (_goes_on(case, kind) and case.stale(signal)) for signal in right):
        return Ruling(Severity.OK, "telemetry/arrived", f"{kind} arrive")
    message = f"no {kind} {case.taken()}{_instead(case, heard)}"
    if right:
        latest = max(right, key=lambda signal: signal.at)
        message = f"{kind} stopped: the last came {case.ago(latest)}"
    if not case.current():
        return Ruling(Severity.UNKNOWN, "telemetry/unseen", f"{kind}: no instance to hear from")
    code = "telemetry/absent"
    if deaf:
        code, message = "telemetry/source", f"nobody can say whether {kind} arrive: {cut(deaf)}"
    if demand is Demand.REQUIRED and deaf:
        return Ruling(Severity.UNKNOWN, code, message)
    if demand is Demand.REQUIRED:
        return case.failing("telemetry/missing", message)
    well = healthy_at(case)
    patience = None if well is None else well + GRACE_SECONDS
    if case.late or (patience is not None and case.now >= patience):
        return Ruling(Severity.WARN, code, message)
    return Ruling(Severity.UNKNOWN, code, message, patience)


def _goes_on(case: Case, kind: SignalKind) -> bool:
    """Whether telemetry of this kind comes again and again; one with nothing to do may be quiet."""
    traced = kind is SignalKind.TRACES and case.expectation.serves_http
    return kind is SignalKind.METRICS or traced


def _right(case: Case, signal: Signal) -> bool:
    """Of a current instance of this service, at its revision, and from after its apply.

    An instance that the expected effect started told nothing before it: that needs no clock, and
    one that was set since changes nothing. A service that is only checked (no key) has to tell
    something anew, except for logs: it need not have anything to log.
    """
    timeless = case.expectation.key != "" or signal.kind is SignalKind.LOGS
    return (
        signal.service_id == case.expectation.service_id
        and (timeless or case.counts(signal))
        and any(
            instance.id == signal.instance and instance.revision == signal.revision
            for instance in case.current()
        )
    )


def _instead(case: Case, heard: list[Signal]) -> str:
    """What came in place of the signal that was asked for, nearest miss first."""
    ids = {instance.id for instance in case.current()}
    if any(signal.instance in ids and signal.at < case.expectation.since for signal in heard):
        return ": they came only before this start"
    strangers = [signal for signal in heard if signal.instance in ids]
    if strangers:
        return f": they came only as revision {short(strangers[-1].revision)}"
    if any(signal.instance for signal in heard):
        return ": they came only from the previous instance"
    return ": they came only without the name of an instance" if heard else ""

"""Do all workloads run, started by the expected effect? Knows nothing of their health."""

from __future__ import annotations

from tierline.facts.decision import Severity
from tierline.facts.evidence import Answer
from tierline.facts.observation import Instance, Phase, Seen
from tierline.verification.case import Case, Ruling, cut, seconds, together

AT_ONCE_SECONDS = 5.0
"""an exit within this time after the start counts as one at once"""

FAULTS = frozenset({
    "start/image", "start/config", "start/quota", "start/admission", "start/unschedulable",
    "start/object", "start/progress", "start/job", "start/volume", "start/sandbox",
})  # fmt: skip
"""codes by which a target says that what was begun will never run"""


def running(case: Case) -> Ruling:
    """Every workload has a running instance of ours; one that exited or restarted is a failure."""
    seen = case.seen
    if seen is None:
        return Ruling(Severity.UNKNOWN, "boot/unseen", "what runs has not been observed yet")
    if not case.expectation.workloads:
        return Ruling(Severity.UNKNOWN, "boot/unseen", "no workload is declared, none can be seen")
    if seen.fault is not None and case.expectation.key in ("", seen.last_key):
        code = seen.fault.code if seen.fault.code in FAULTS else "start/admission"
        return Ruling(Severity.FAIL, code, cut(seen.fault.message))
    ruling = together([_workload(case, seen, name) for name in case.expectation.workloads])
    if ruling.status is Severity.OK and not seen.settled:
        message = "the target is still changing it"
        message += f" {case.taken()}: {cut(seen.waits)}" if seen.waits else ""
        return Ruling(Severity.UNKNOWN, "boot/changing", message)
    return ruling


def _workload(case: Case, seen: Seen, workload: str) -> Ruling:
    ours = [i for i in seen.instances if i.workload == workload and case.ours(i)]
    alive = [i for i in ours if i.phase is not Phase.EXITED]
    exited = [i for i in ours if i.phase is Phase.EXITED]
    if exited and (case.expectation.key or not alive):
        message = _exit(exited[-1], seen)
        if not case.expectation.key and not seen.settled:
            return case.failing("boot/exit", message)
        return Ruling(Severity.FAIL, "boot/exit", message)
    again = [i for i in alive if i.restarts > 0 and _restarted_here(case, i)]
    if again:
        times = f"restarted {again[0].restarts} times" if again[0].restarts > 1 else "restarted"
        return Ruling(Severity.FAIL, "boot/restarted", _because(f"{workload} {times}", again[0]))
    if not alive and case.expectation.verified_before and seen.settled:
        message = f"{workload} was verified, then its instance vanished"
        return Ruling(Severity.FAIL, "boot/gone", message)
    if not alive and _gone(case, seen, workload):
        return Ruling(
            Severity.FAIL, "boot/gone", f"{workload} answered, then its instance vanished"
        )
    if not alive:
        return case.failing("boot/absent", f"{workload} has no instance {case.taken()}")
    starting = [i for i in alive if i.phase is not Phase.RUNNING]
    if starting:
        message = f"{workload} is still starting {case.taken()}"
        return case.failing("boot/starting", _because(message, starting[0]))
    return Ruling(Severity.OK, "boot/running", f"{workload} runs")


def _restarted_here(case: Case, instance: Instance) -> bool:
    return bool(case.expectation.key) or instance.started_at >= case.expectation.since


def _gone(case: Case, seen: Seen, workload: str) -> bool:
    """Whether the expected effect has taken place and a workload that answered is no more."""
    expectation = case.expectation
    return (
        seen.settled
        and expectation.key in ("", seen.last_key)
        and any(
            answer.service_id == expectation.service_id
            and answer.workload == workload
            and answer.instance
            and answer.answer is Answer.OK
            and answer.at >= expectation.since
            for answer in case.observations.health
        )
    )


def _exit(instance: Instance, seen: Seen) -> str:
    code = instance.exit_code
    if code is None:
        how = ", its exit code is not known"
    else:
        how = f" with code {code}" if code >= 0 else f", killed by signal {-code}"
    lived = seen.at - instance.started_at if seen.at and instance.started_at else 0.0
    if lived < AT_ONCE_SECONDS:
        return _because(f"{instance.workload} exits at once{how}", instance)
    return _because(f"{instance.workload} exited after {seconds(lived)}{how}", instance)


def _because(message: str, instance: Instance) -> str:
    return f"{message}: {cut(instance.reason)}" if instance.reason else message

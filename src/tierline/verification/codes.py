"""What each code of a condition means and what to do about it, for `tierline explain`."""

from __future__ import annotations

from collections.abc import Mapping

CODES: Mapping[str, str] = {
    "revision/planned": "Every instance runs the planned revision.",
    "revision/unseen": "What runs, or at which revision, has not been observed. Look: tierline "
    "status.",
    "revision/wrong": "The instance that this rollout started shows another revision than the "
    "plan. What was built or staged is not what was planned: plan again.",
    "revision/other": "An instance of another revision still runs. It was not stopped or replaced: "
    "look at its output, then end it.",
    "revision/mixed": "Instances of several revisions run side by side. Roll out one of them.",
    "boot/running": "All workloads run.",
    "boot/unseen": "What runs has not been observed, or no workload is declared.",
    "boot/changing": "The target is still starting or stopping instances.",
    "boot/exit": "A workload ended after its start, which is a failure whatever its exit code. "
    "Its last output says why: tierline logs SERVICE.",
    "boot/restarted": "A workload ended and was started again by itself. Its output before the "
    "restart says why.",
    "boot/gone": "A workload answered and then no instance of it was left. Something outside the "
    "rollout stopped it.",
    "boot/absent": "No instance of a workload appeared within the limit.",
    "boot/starting": "A workload was not up within the limit. Raise limits.verify_seconds if it "
    "needs longer.",
    "health/ok": "Three health answers in a row were good.",
    "health/unseen": "No health answer of the current instance is known. Answers of a previous "
    "instance, or from before the start, do not count.",
    "health/unsteady": "It was healthy, but not all of its latest answers were.",
    "health/never": "It did not become healthy within the limit. The message has its last answer, "
    "and where it listens if that is not where it was told to.",
    "health/lost": "It was healthy and then failed three times in a row.",
    "health/flapping": "It keeps turning from healthy to unhealthy.",
    "health/foreign": "A process that does not belong to the service answers on its port. Stop "
    "that process, or give the service another port.",
    "dependency/none": "It has no owners.",
    "dependency/reached": "It reaches its owners.",
    "dependency/not-ready": "It reaches its owners and still calls itself not ready: look for "
    "something else that it needs.",
    "dependency/unreachable": "The service itself does not reach an owner. Check the address in "
    "its configuration.",
    "dependency/unknown": "Nobody could say whether it reaches an owner: let /readyz name the "
    "owners that it asks.",
    "boundary/ok": "No boundary contract was broken.",
    "boundary/broken": "A contract between two services does not hold live.",
    "telemetry/off": "The policy asks for no telemetry.",
    "telemetry/arrived": "The demanded telemetry arrived from this instance at this revision.",
    "telemetry/unseen": "No instance runs that could send telemetry.",
    "telemetry/missing": "Required telemetry did not arrive. It must carry service.name, "
    "service.version and service.instance.id of what was started now.",
    "telemetry/absent": "Expected telemetry did not arrive; the policy lets that pass with a "
    "warning.",
    "requests/off": "It serves no HTTP, so no requests are sampled.",
    "requests/none": "No request to the current instance was counted. None is not a pass.",
    "requests/good": "Wald's sequential test accepts the share of failed requests.",
    "requests/errors": "Wald's sequential test rejects the share of failed requests.",
    "requests/undecided": "The share of failed requests is neither good nor bad as far as the "
    "sample shows.",
}
"""code -> one sentence on its meaning, and one on what to do where something is to be done"""

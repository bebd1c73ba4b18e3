"""What each code of a condition means and what to do about it, for `tierline explain`."""

from __future__ import annotations

from tierline.readiness.code import (
    ALWAYS_FAIL,
    ALWAYS_UNKNOWN,
    ALWAYS_WARN,
    OK,
    Code,
    Everywhere,
)

_ALWAYS_OK: Everywhere = (OK, OK, OK)

_GOOD: tuple[tuple[str, str], ...] = (
    ("revision/planned", "Every instance runs the planned revision"),
    ("boot/running", "All workloads run"),
    ("health/ok", "Three health answers in a row were good"),
    ("dependency/none", "It has no owners"),
    ("dependency/reached", "It reaches its owners"),
    ("boundary/ok", "No boundary contract was broken"),
    ("telemetry/off", "The policy asks for no telemetry"),
    ("telemetry/arrived", "The demanded telemetry arrived from this instance at this revision"),
    ("requests/off", "It serves no HTTP, so no requests are sampled"),
    ("requests/good", "Wald's sequential test accepts the share of failed requests"),
)
"""code, title"""

_LOOK = "Look at what runs and what it said: tierline status, tierline logs SERVICE."

_OPEN: tuple[tuple[str, str, str, str], ...] = (
    ("revision/unseen", "What runs, or at which revision, is not known", "", _LOOK),
    ("boot/unseen", "What runs is not known, or no workload is declared", "", _LOOK),
    ("boot/changing", "The target is still starting or stopping instances", "", _LOOK),
    (
        "health/unseen",
        "No health answer of the current instance is known",
        "Answers of a previous instance, or from before the start, do not count.",
        _LOOK,
    ),
    ("health/unsteady", "It was healthy, but its latest answers were not all so", "", _LOOK),
    (
        "dependency/unknown",
        "Nobody could say whether it reaches an owner",
        "That the owner is well does not show that this service reaches it.",
        "Let /readyz name the owners that it asked, and whether each answered.",
    ),
    ("telemetry/unseen", "No instance runs that could send telemetry", "", _LOOK),
    (
        "requests/none",
        "No request to the current instance was counted",
        "None is not a pass: an error share of nothing is unknown.",
        "See that it has a path that may be asked safely.",
    ),
    (
        "requests/undecided",
        "The share of failed requests is neither good nor bad",
        "The largest sample that the limits allow lies between the bounds of Wald's test.",
        "Look at which requests fail; or raise limits.requests.",
    ),
)
"""code, title, why, fix"""

_BAD: tuple[tuple[str, str, str, str], ...] = (
    (
        "revision/wrong",
        "What this rollout started shows another revision than the plan",
        "What was built or staged is not what was planned.",
        "Plan again.",
    ),
    (
        "revision/other",
        "An instance of another revision still runs",
        "Callers may be answered by either of them.",
        "Find out why it was not stopped, then end it.",
    ),
    (
        "revision/mixed",
        "Instances of several revisions run side by side",
        "Callers may be answered by any of them.",
        "Roll out one revision.",
    ),
    (
        "boot/exit",
        "A workload ended after its start",
        "A service goes on running: an exit is a failure whatever its code.",
        "Its last output says why: tierline logs SERVICE.",
    ),
    (
        "boot/restarted",
        "A workload ended and was started again by the platform",
        "It will end again.",
        "Its output before the restart says why: tierline logs SERVICE.",
    ),
    (
        "boot/gone",
        "A workload answered and then no instance of it was left",
        "Something outside the rollout stopped it.",
        "Find out what stopped it, then roll it out again.",
    ),
    ("boot/absent", "No instance of a workload appeared within the limit", "", _LOOK),
    (
        "boot/starting",
        "A workload was not up within the limit",
        "",
        "See what it waits for; raise limits.verify_seconds if it needs longer.",
    ),
    (
        "health/never",
        "It did not become healthy within the limit",
        "The message has its last answer, and where it listens if not where it was told to.",
        "Mend what the answer says; raise limits.verify_seconds if it needs longer.",
    ),
    ("health/lost", "It was healthy and then failed three times in a row", "", _LOOK),
    ("health/flapping", "It keeps turning from healthy to unhealthy", "", _LOOK),
    (
        "health/foreign",
        "A process that does not belong to the service answers on its port",
        "Its answers say nothing of the service, and callers get them.",
        "Stop that process, or give the service another port.",
    ),
    (
        "dependency/unreachable",
        "The service itself does not reach an owner",
        "The owner may be well: what counts is the view from the service.",
        "Check the owner's address in the service's configuration.",
    ),
    (
        "boundary/broken",
        "A contract between two services does not hold live",
        "",
        "Mend the side that broke it; the message names both.",
    ),
    (
        "telemetry/missing",
        "Required telemetry did not arrive",
        "It counts only with the service's name, revision and instance, and from after the start.",
        "Send service.name, service.version and service.instance.id with it.",
    ),
    (
        "requests/errors",
        "Wald's sequential test rejects the share of failed requests",
        "",
        "The message has a request that failed: tierline logs SERVICE.",
    ),
)
"""code, title, why, fix"""

_WARNED: tuple[tuple[str, str, str, str], ...] = (
    (
        "telemetry/absent",
        "Expected telemetry did not arrive",
        "The policy expects it and does not require it.",
        "Send service.name, service.version and service.instance.id with it.",
    ),
    (
        "dependency/not-ready",
        "It reaches its owners and still says that it is not ready",
        "",
        "See what else /readyz asks for.",
    ),
)
"""code, title, why, fix"""

CODES: tuple[Code, ...] = (
    *(Code(code, title, ALWAYS_FAIL, why, fix) for code, title, why, fix in _BAD),
    *(Code(code, title, ALWAYS_WARN, why, fix) for code, title, why, fix in _WARNED),
    *(Code(code, title, ALWAYS_UNKNOWN, why, fix) for code, title, why, fix in _OPEN),
    *(Code(code, title, _ALWAYS_OK, "", "") for code, title in _GOOD),
)
"""every code that a condition gives"""

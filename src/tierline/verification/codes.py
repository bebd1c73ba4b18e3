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
    ("boot/stopped", "Nothing of a service that was to be stopped runs"),
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

_LOOK = "Look at what runs and what it said last: tierline status, tierline logs SERVICE."
_SEE = "See whether the target works: tierline status."
_WAIT = "See what it waits for; raise limits.verify_seconds in the policy if it needs longer."
_UNSEEN = "Not seen is not well."
_WELL = "A service must stay well."
_EXPORT = "Send service.name, service.version and service.instance.id to the endpoint it is given."
_TRAFFIC = "Send it traffic, then: tierline verify SERVICE. See that a path may be asked safely."

_OPEN: tuple[tuple[str, str, str, str], ...] = (
    (
        "boundary/stale",
        "The answers of a service were held against its contract too long ago",
        "What it answered then says nothing of now.",
        "See whether it still answers: tierline verify SERVICE.",
    ),
    ("revision/unseen", "What runs, or at which revision, is not known", _UNSEEN, _SEE),
    ("boot/unseen", "What runs is not known, or no workload is declared", _UNSEEN, _SEE),
    ("boot/changing", "The target is still starting or stopping instances", _UNSEEN, _WAIT),
    (
        "health/unseen",
        "No health answer of the current instance is known",
        "Answers of a previous instance, or from before the start, do not count.",
        _LOOK,
    ),
    (
        "health/silent",
        "It was healthy, and its latest answer is too old to say that it still is",
        "A service that is watched has to go on answering.",
        _LOOK,
    ),
    ("health/unsteady", "It was healthy, but its latest answers were not all so", _WELL, _LOOK),
    (
        "dependency/unknown",
        "Nobody could say whether it reaches an owner",
        (
            "Its readiness answer does not name the owner, and no connection could be tried. "
            "That the owner is well does not show that this service reaches it."
        ),
        "Let /readyz name the owners that it asked, and whether each answered.",
    ),
    ("telemetry/unseen", "No instance runs that could send telemetry", _UNSEEN, _SEE),
    (
        "requests/none",
        "No request to the current instance was counted",
        "None is not a pass: an error share of nothing is unknown.",
        _TRAFFIC,
    ),
    (
        "telemetry/source",
        "A server that keeps telemetry could not be asked",
        (
            "The policy file names a source for this kind of telemetry. It does not answer, or not as "
            "its API says, so whether anything arrived is not known."
        ),
        "Look at that server, or at sources in the policy file; then: tierline resume.",
    ),
    (
        "requests/undecided",
        "The share of failed requests is neither good nor bad",
        "The largest sample that the limits allow lies between the bounds of Wald's test.",
        "Look at which requests fail; or raise limits.requests.",
    ),
)
"""code, title, why, fix"""

_REFUSED = "The target itself says so; waiting does not help."

_BAD: tuple[tuple[str, str, str, str], ...] = (
    (
        "start/image",
        "An image cannot be pulled",
        _REFUSED,
        "See that the registry has it and that the target may pull it; then roll out again.",
    ),
    (
        "start/config",
        "What a container needs to start is missing",
        _REFUSED,
        "Make the ConfigMap, Secret or volume that the message names.",
    ),
    (
        "start/quota",
        "The quota of the namespace is used up",
        _REFUSED,
        "Ask for less, or for more quota.",
    ),
    (
        "start/admission",
        "The target does not let its instances be made",
        _REFUSED,
        "Mend what the message names; it is the answer of an admission rule.",
    ),
    (
        "start/unschedulable",
        "No node takes an instance",
        "No node has the room, or what the manifest asks of a node.",
        "Add room, or ask for less.",
    ),
    (
        "start/progress",
        "The target gave up waiting for progress",
        "No instance became ready within the deadline that the manifest sets.",
        _LOOK,
    ),
    (
        "start/volume",
        "A volume cannot be mounted",
        _REFUSED,
        "Make what the message names: the volume's claim, ConfigMap or Secret.",
    ),
    (
        "start/sandbox",
        "A node cannot make the place that an instance runs in",
        _REFUSED,
        "It is the node's trouble, often its network's; the message has its words.",
    ),
    (
        "start/infrastructure",
        "Infrastructure that a service needs is not there or not well",
        "A database or broker of the environment's Compose files does not run, fails its health check, or refuses.",
        "Start it, or see what it says; then roll out again.",
    ),
    (
        "start/job",
        "A job of the release failed",
        _REFUSED,
        "Its output says why: tierline logs SERVICE.",
    ),
    (
        "start/object",
        "An object of a kind of the mesh's own says that it failed",
        "What tierline.toml says of its kind, under `failed`, is so for this version of it.",
        "Mend what the message names; kubectl describe shows the whole object.",
    ),
    (
        "revision/wrong",
        "What this rollout started shows another revision than the plan",
        "What was tested and planned is not what runs.",
        "Plan and roll out again.",
    ),
    (
        "revision/other",
        "An instance of another revision still runs",
        "Requests may be answered by what was to be replaced.",
        "Find out what keeps it, then end it: tierline status.",
    ),
    (
        "revision/mixed",
        "Instances of several revisions run side by side",
        "Requests may be answered by any of them.",
        "Roll out one revision.",
    ),
    (
        "boot/exit",
        "A workload ended after its start",
        "A service must keep running: an exit is a failure whatever its code.",
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
    (
        "boot/absent",
        "No instance of a workload appeared within the limit",
        "Nothing of it was seen in time.",
        _LOOK,
    ),
    (
        "boot/not-stopped",
        "A service that was to be stopped still runs",
        "A rollback stops what did not run before.",
        _LOOK,
    ),
    (
        "boot/starting",
        "A workload was not up within the limit",
        "The time that the policy gives it is over.",
        _WAIT,
    ),
    (
        "health/never",
        "It did not become healthy within the limit",
        (
            "Its health answer was bad, or there was none at the address that it was given; "
            "the message names a port it listens on instead."
        ),
        "Mend what the answer says; raise limits.verify_seconds if it needs longer.",
    ),
    ("health/lost", "It was healthy and then failed three times in a row", _WELL, _LOOK),
    ("health/flapping", "It keeps turning from healthy to unhealthy", _WELL, _LOOK),
    (
        "health/foreign",
        "A process that does not belong to the service answers on its port",
        "Its answers say nothing of the service, and callers get them.",
        "End that process, or let the service have another port.",
    ),
    (
        "dependency/unreachable",
        "The service itself does not reach an owner",
        (
            "It reads data of that owner. The owner may be well: what counts is the view from the "
            "service."
        ),
        "See the owner's address in the service's configuration, and whether the owner listens there.",
    ),
    (
        "boundary/broken",
        "A contract between two services does not hold live",
        "What a provider answers or publishes is not what was agreed.",
        "Mend the side that broke it (the message names both), or agree on a new version.",
    ),
    (
        "telemetry/missing",
        "Required telemetry did not arrive",
        (
            "A service that cannot be observed cannot be operated. Only telemetry of this instance, at "
            "this revision and from after the start counts. The policy asks for it, or the service's "
            "own deploy/release.yaml."
        ),
        _EXPORT,
    ),
    (
        "requests/errors",
        "Wald's sequential test rejects the share of failed requests",
        "Too many of the requests that were sent to it fail.",
        "The message has a request that failed: tierline logs SERVICE.",
    ),
)
"""code, title, why, fix"""

_WARNED: tuple[tuple[str, str, str, str], ...] = (
    (
        "boundary/consumers",
        "What a service answers breaks its contract, and holds who uses that",
        (
            'The policy says on_boundary = "consumers": the service itself goes on, who uses what '
            "broke does not. Who does not say what it uses counts as using it."
        ),
        "Mend the service; a new revision of it lets its consumers go on.",
    ),
    (
        "boundary/unused",
        "What a service answers breaks its contract where nobody in the mesh uses it",
        (
            'The policy says on_boundary = "consumers", and every consumer declares a use that '
            "still holds. Callers outside the mesh are not known."
        ),
        "Mend the service, or take the promise out of its document.",
    ),
    (
        "boundary/unverified",
        "Nobody could hold the answers or events of a service against its contract",
        (
            "Only GETs that need nothing are asked, and only answers in JSON are compared. Of events, "
            "only those count that the bus took on since the instance began. What was not compared is "
            "not known to be as promised."
        ),
        "The message says why. Write the service's document below contracts/openapi; let it publish.",
    ),
    (
        "telemetry/absent",
        "Expected telemetry did not arrive",
        "The policy expects it and does not require it.",
        _EXPORT,
    ),
    (
        "evidence/status-only",
        "Nobody asked the service whether it works",
        (
            "The environment's policy says evidence = \"status-only\": the cluster's own word on its "
            "pods is all there is. Health, owners, contracts, telemetry and requests are not known."
        ),
        'For a real release: evidence = "full" in the policy file.',
    ),
    (
        "dependency/not-ready",
        "It reaches its owners and still says that it is not ready",
        "Something else is missing.",
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

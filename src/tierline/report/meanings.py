"""What the codes of a rollout mean: why a service failed, is held, or is an issue.

Codes of gates are not here: `readiness` knows those. Knows no rollout in particular. The severity
of a code says what it makes of a service: fail is failed, unknown is held, warn is neither.
"""

from __future__ import annotations

from typing import Final

from tierline.readiness.code import ALWAYS_FAIL, ALWAYS_UNKNOWN, ALWAYS_WARN, Code

_LOOK = "Read its last output: tierline logs SERVICE."
_WAIT = "Give it more time with limits.verify_seconds in the policy, if it needs that much."
_BUILDS = ("failed", "bad-name", "escape", "missing", "no-folder", "too-large", "unreadable")
"""how a build can fail; its message says it in full"""

_VERIFICATION = (
    Code("boot/exit", "A workload ended", ALWAYS_FAIL, "A service must keep running.", _LOOK),
    Code(
        "boot/restarted", "A workload was restarted", ALWAYS_FAIL, "It died after its start.", _LOOK
    ),
    Code("boot/gone", "An instance vanished", ALWAYS_FAIL, "It was there, and is no more.", _LOOK),
    Code(
        "boot/absent",
        "A workload never came up",
        ALWAYS_FAIL,
        "Nothing of it was seen in time.",
        _LOOK,
    ),
    Code("boot/starting", "A workload is still starting", ALWAYS_FAIL, "The time is over.", _WAIT),
    Code(
        "boot/changing", "The target is still busy with it", ALWAYS_FAIL, "The time is over.", _WAIT
    ),
    Code(
        "boot/unseen",
        "Nobody saw whether it runs",
        ALWAYS_UNKNOWN,
        "Not seen is not well.",
        "See whether the target works: tierline status.",
    ),
    Code(
        "revision/other",
        "Another revision still runs",
        ALWAYS_FAIL,
        "Requests may be answered by what was to be replaced.",
        "See what keeps it: tierline status.",
    ),
    Code(
        "revision/wrong",
        "An instance runs another revision than planned",
        ALWAYS_FAIL,
        "What was tested is not what runs.",
        "Plan and roll out again.",
    ),
    Code(
        "revision/mixed",
        "Instances of different revisions",
        ALWAYS_FAIL,
        "Only one was planned.",
        "See what keeps the others: tierline status.",
    ),
    Code(
        "revision/unseen",
        "The revision that runs is not known",
        ALWAYS_UNKNOWN,
        "Not seen is not well.",
        "See whether the target works: tierline status.",
    ),
    Code(
        "health/never",
        "It never became healthy",
        ALWAYS_FAIL,
        "Its health answer was bad, or there was none at the address that it was given; "
        "the message names a port it listens on instead.",
        _LOOK,
    ),
    Code("health/lost", "It was healthy, and is no more", ALWAYS_FAIL, "It must stay well.", _LOOK),
    Code("health/flapping", "Its health comes and goes", ALWAYS_FAIL, "It must stay well.", _LOOK),
    Code(
        "health/unsteady",
        "Its latest answers were not all good",
        ALWAYS_UNKNOWN,
        "The time is over.",
        _LOOK,
    ),
    Code(
        "health/foreign",
        "Somebody else answers on its port",
        ALWAYS_FAIL,
        "A process outside its instance has the port, so its answers prove nothing.",
        "End that process, or let the service have another port.",
    ),
    Code(
        "health/unseen",
        "There was nobody to ask for health",
        ALWAYS_UNKNOWN,
        "Not seen is not well.",
        _LOOK,
    ),
    Code(
        "dependency/unreachable",
        "It does not reach an owner",
        ALWAYS_FAIL,
        "It reads data of that owner and cannot work without.",
        "See the address in its configuration, and whether the owner listens there.",
    ),
    Code(
        "dependency/not-ready",
        "It says that it is not ready",
        ALWAYS_FAIL,
        "It reaches its owners, and something else is missing.",
        _LOOK,
    ),
    Code(
        "dependency/unknown",
        "Whether it reaches an owner is not known",
        ALWAYS_UNKNOWN,
        "Its readiness answer does not name the owner, and no connection could be tried.",
        "Let /readyz name each owner that it asked.",
    ),
    Code(
        "telemetry/missing",
        "Telemetry that is required did not arrive",
        ALWAYS_FAIL,
        "A service that cannot be observed cannot be operated.",
        "See that it exports to the endpoint it is given, with service name and revision.",
    ),
    Code(
        "telemetry/absent",
        "Telemetry that is expected did not arrive",
        ALWAYS_WARN,
        "The policy asks for it without insisting.",
        "See that it exports to the endpoint it is given, with service name and revision.",
    ),
    Code(
        "telemetry/unseen",
        "Nobody could receive telemetry",
        ALWAYS_UNKNOWN,
        "Not seen is not well.",
        "See whether the receiver works: tierline status.",
    ),
    Code(
        "requests/errors",
        "Too many requests fail",
        ALWAYS_FAIL,
        "The sequential test rejects its share of errors.",
        _LOOK,
    ),
    Code(
        "requests/undecided",
        "Too few requests to tell",
        ALWAYS_UNKNOWN,
        "Neither a good nor a bad share of errors could be shown.",
        "Send it traffic, then: tierline verify SERVICE.",
    ),
    Code(
        "requests/none",
        "No requests were counted",
        ALWAYS_UNKNOWN,
        "Not seen is not well.",
        "Send it traffic, then: tierline verify SERVICE.",
    ),
    Code(
        "boundary/broken",
        "A contract does not hold live",
        ALWAYS_FAIL,
        "What a provider answers is not what was agreed.",
        "Mend the provider, or agree on a new version of the contract.",
    ),
    Code(
        "port/taken",
        "Its port is taken",
        ALWAYS_FAIL,
        "Another process got the port between choice and start, several times.",
        "Roll it out again; if it persists, see who listens there.",
    ),
    Code(
        "build/moved",
        "Its files are no longer what was planned",
        ALWAYS_FAIL,
        "Built from them, something else would run under the planned revision.",
        "Plan again: tierline rollout --supersedes latest.",
    ),
    Code(
        "lease/lost",
        "Somebody else conducts the environment",
        ALWAYS_UNKNOWN,
        "What a former conductor asks for is refused.",
        "See who: tierline status.",
    ),
    Code(
        "effect/unknown",
        "The target did not say whether it started it",
        ALWAYS_UNKNOWN,
        "It was asked several times, under one key, so that it is not started twice.",
        "See whether the target works: tierline status. Then: tierline resume.",
    ),
    Code(
        "blocked/owner",
        "It waits for an owner",
        ALWAYS_UNKNOWN,
        "It reads data of a service that did not pass.",
        "Follow the chain to its end and mend that one.",
    ),
    Code(
        "blocked/tier",
        "Its tier is closed",
        ALWAYS_UNKNOWN,
        "A service of a lower tier did not pass, and the policy keeps later tiers closed.",
        "Mend that service, or set on_tier_failure in the policy file.",
    ),
    Code(
        "blocked/capacity",
        "There is no room for it",
        ALWAYS_UNKNOWN,
        "Too many services failed for the failure budget, or too many are on their way.",
        "Mend what failed.",
    ),
    Code(
        "blocked/command",
        "Somebody holds the rollout",
        ALWAYS_UNKNOWN,
        "Nothing new starts until resumed.",
        "tierline resume, when it is time.",
    ),
    Code(
        "blocked/evidence",
        "It could not be judged",
        ALWAYS_UNKNOWN,
        "Evidence was missing when the time was over.",
        "tierline verify SERVICE shows what is missing.",
    ),
    Code(
        "rollout/unverified",
        "It runs, and nobody proved that it works",
        ALWAYS_UNKNOWN,
        "The rollout ended while it was being verified.",
        "tierline verify SERVICE.",
    ),
    Code(
        "rollout/unexplained",
        "It did not pass, without a reason",
        ALWAYS_UNKNOWN,
        "The target gave none.",
        _LOOK,
    ),
)

ROLLOUT_CODES: Final = (
    *_VERIFICATION,
    *(
        Code(
            f"build/{slug}",
            "It could not be built",
            ALWAYS_FAIL,
            "What cannot be built cannot be started; its message has the tool's last words.",
            "Mend it and commit.",
        )
        for slug in _BUILDS
    ),
)
"""every code that a rollout gives, for `explain`"""

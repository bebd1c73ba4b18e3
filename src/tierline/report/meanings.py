"""What the codes of a rollout mean: why a service failed, is held, or is an issue.

Codes of gates are not here: `readiness` knows those. Knows no rollout in particular.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class Meaning:
    """A code in words: what was seen, and what usually helps."""

    code: str
    title: str
    why: str
    fix: str


_LOOK = "Read its last output: tierline logs SERVICE."
_WAIT = "Give it more time with limits.verify_seconds in the policy, if it needs that much."

_ROWS = (
    Meaning("boot/exit", "A workload ended", "A service must keep running.", _LOOK),
    Meaning("boot/restarted", "A workload was restarted", "It died after its start.", _LOOK),
    Meaning("boot/gone", "An instance vanished", "It was there, and is no more.", _LOOK),
    Meaning("boot/absent", "A workload never came up", "Nothing of it was seen in time.", _LOOK),
    Meaning("boot/starting", "A workload is still starting", "The time is over.", _WAIT),
    Meaning("boot/changing", "The target is still busy with it", "The time is over.", _WAIT),
    Meaning("boot/unseen", "Nobody saw whether it runs", "Not seen is not well.",
            "See whether the target works: tierline status."),
    Meaning("revision/other", "Another revision still runs",
            "Requests may be answered by what was to be replaced.",
            "See what keeps it: tierline status."),
    Meaning("revision/wrong", "An instance runs another revision than planned",
            "What was tested is not what runs.", "Plan and roll out again."),
    Meaning("revision/mixed", "Instances of different revisions", "Only one was planned.",
            "See what keeps the others: tierline status."),
    Meaning("revision/unseen", "The revision that runs is not known", "Not seen is not well.",
            "See whether the target works: tierline status."),
    Meaning("health/never", "It never became healthy",
            "Its health answer was bad, or there was none at the address that it was given; "
            "the message names a port it listens on instead.", _LOOK),
    Meaning("health/lost", "It was healthy, and is no more", "It must stay well.", _LOOK),
    Meaning("health/flapping", "Its health comes and goes", "It must stay well.", _LOOK),
    Meaning("health/unsteady", "Its latest answers were not all good", "The time is over.", _LOOK),
    Meaning("health/foreign", "Somebody else answers on its port",
            "A process outside its instance has the port, so its answers prove nothing.",
            "End that process, or let the service have another port."),
    Meaning("health/unseen", "There was nobody to ask for health", "Not seen is not well.", _LOOK),
    Meaning("dependency/unreachable", "It does not reach an owner",
            "It reads data of that owner and cannot work without.",
            "See the address in its configuration, and whether the owner listens there."),
    Meaning("dependency/not-ready", "It says that it is not ready",
            "It reaches its owners, and something else is missing.", _LOOK),
    Meaning("dependency/unknown", "Whether it reaches an owner is not known",
            "Its readiness answer does not name the owner, and no connection could be tried.",
            "Let /readyz name each owner that it asked."),
    Meaning("telemetry/missing", "Telemetry that is required did not arrive",
            "A service that cannot be observed cannot be operated.",
            "See that it exports to the endpoint it is given, with service name and revision."),
    Meaning("telemetry/absent", "Telemetry that is expected did not arrive",
            "The policy asks for it without insisting.",
            "See that it exports to the endpoint it is given, with service name and revision."),
    Meaning("telemetry/unseen", "Nobody could receive telemetry", "Not seen is not well.",
            "See whether the receiver works: tierline status."),
    Meaning("requests/errors", "Too many requests fail",
            "The sequential test rejects its share of errors.", _LOOK),
    Meaning("requests/undecided", "Too few requests to tell",
            "Neither a good nor a bad share of errors could be shown.",
            "Send it traffic, then: tierline verify SERVICE."),
    Meaning("requests/none", "No requests were counted", "Not seen is not well.",
            "Send it traffic, then: tierline verify SERVICE."),
    Meaning("boundary/broken", "A contract does not hold live",
            "What a provider answers is not what was agreed.",
            "Mend the provider, or agree on a new version of the contract."),
    Meaning("build/failed", "It could not be built", "The message has the compiler's last words.",
            "Mend it and commit."),
    Meaning("effect/unknown", "The target did not say whether it started it",
            "It was asked several times, under one key, so that it is not started twice.",
            "See whether the target works: tierline status. Then: tierline resume."),
    Meaning("blocked/owner", "It waits for an owner", "It reads data of a service that did not "
            "pass.", "Follow the chain to its end and mend that one."),
    Meaning("blocked/tier", "Its tier is closed",
            "A service of a lower tier did not pass, and the policy keeps later tiers closed.",
            "Mend that service, or set on_tier_failure in the policy file."),
    Meaning("blocked/capacity", "There is no room for it",
            "Too many services failed for the failure budget, or too many are on their way.",
            "Mend what failed."),
    Meaning("blocked/command", "Somebody holds the rollout", "Nothing new starts until resumed.",
            "tierline resume, when it is time."),
    Meaning("blocked/evidence", "It could not be judged", "Evidence was missing when the time was "
            "over.", "tierline verify SERVICE shows what is missing."),
    Meaning("rollout/unverified", "It runs, and nobody proved that it works",
            "The rollout ended while it was being verified.", "tierline verify SERVICE."),
    Meaning("rollout/unexplained", "It did not pass, without a reason",
            "The target gave none.", _LOOK),
)  # fmt: skip

MEANINGS: Final[Mapping[str, Meaning]] = MappingProxyType({row.code: row for row in _ROWS})
"""code -> what it means"""


def meaning(code: str) -> str | None:
    """A few lines for people, or None for a code that is not one of a rollout.

    Every way in which a build can fail has the same words; its message says which it was.
    """
    row = MEANINGS.get("build/failed" if code.startswith("build/") else code)
    return f"{code}: {row.title}\n\n{row.why}\n\n{row.fix}\n" if row else None

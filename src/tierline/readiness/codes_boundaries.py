"""Finding codes of the gate that judges boundaries against what an environment runs."""

from __future__ import annotations

from typing import Final

from tierline.readiness.code import ALWAYS_WARN, UNKNOWN, Code

_EXPAND = (
    "Two releases. First expand: the provider offers the new beside the old, then the consumer "
    "moves. Then contract: the provider drops the old."
)
_SET = "tierline can-roll SERVICE names the smallest set of services that can move."

BOUNDARIES: Final = (
    Code(
        "boundaries/broken",
        "Two services would not work with each other",
        ALWAYS_WARN,
        "After the release a consumer would run beside a provider that breaks it.",
        _SET + " Or keep the old beside the new.",
        demand="contracts",
    ),
    Code(
        "boundaries/owner-first",
        "A consumer would have to move before the owner of its data",
        ALWAYS_WARN,
        "Owners start first. Between the two starts the consumer as it runs meets the new owner, "
        "and breaks.",
        _EXPAND,
        demand="contracts",
    ),
    Code(
        "boundaries/no-order",
        "Whoever moves first breaks the other",
        ALWAYS_WARN,
        "One of the two starts before the other, and no order of the two is safe.",
        _EXPAND + " Or accept that they do not work between the two starts: --together.",
        demand="contracts",
    ),
    Code(
        "boundaries/circle",
        "Contracts and owners ask for opposite orders",
        ALWAYS_WARN,
        "Each of these services would have to be verified before the next, and the last before the "
        "first.",
        _EXPAND,
        demand="contracts",
    ),
    Code(
        "boundaries/horizon",
        "A release would close the way back of a service that moved on",
        ALWAYS_WARN,
        "What the service ran before needs what this release takes away. Until that is out of the "
        "horizon (limits.horizon_revisions and horizon_hours of the policy), it must stay possible "
        "to go back.",
        "Keep the old beside the new for now; release it again once the older revision is out of the "
        "horizon.",
        demand="contracts",
    ),
    Code(
        "boundaries/horizon-unknown",
        "Nobody knows whether the way back of a service stays open",
        ALWAYS_WARN,
        "What it ran before could not be compared with what this release brings.",
        "See what is said of it. Waive it if nobody will go back to that revision.",
        demand="contracts",
        when_required=UNKNOWN,
    ),
    Code(
        "boundaries/unknown",
        "Nobody knows whether two services would work with each other",
        ALWAYS_WARN,
        "What could not be compared is not known to be good.",
        "See what is said of it; a rollout keeps the contracts that the next one is compared with.",
        demand="contracts",
        when_required=UNKNOWN,
    ),
    Code(
        "boundaries/no-contract",
        "A boundary without a contract file",
        ALWAYS_WARN,
        "What nobody wrote down, nobody can compare: whether the services fit is unknown.",
        "Write contracts/openapi/<provider>.yaml, or the proto file of the provider.",
        demand="boundaries",
        when_required=UNKNOWN,
    ),
    Code(
        "boundaries/not-seen",
        "Nobody could see what runs",
        ALWAYS_WARN,
        "What a release would meet is not known.",
        "See what the message says; then the same command again.",
        demand="contracts",
        when_required=UNKNOWN,
    ),
)

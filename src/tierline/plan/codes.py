"""The codes of blockers that only a plan finds, for `tierline explain`."""

from __future__ import annotations

from typing import Final

from tierline.readiness.code import ALWAYS_UNKNOWN, Code

NOT_JUDGED: Final = Code(
    "plan/not-judged", "Nobody judged a planned service", ALWAYS_UNKNOWN,
    "A missing verdict is unknown, never a pass.",
    "Judge the whole selection, and plan again: tierline ready SELECTION.",
)  # fmt: skip
REVISION_UNKNOWN: Final = Code(
    "plan/revision-unknown", "What a service would ship cannot be told", ALWAYS_UNKNOWN,
    "A part of its revision cannot be read, or lies outside the mesh. Two states of it would count "
    "as the same, so nothing could be tested, approved or verified for it.",
    "Make the named part readable, or move it into the mesh.",
)  # fmt: skip
NOTHING_READY: Final = Code(
    "plan/nothing-ready", "Nothing of the selection is ready", ALWAYS_UNKNOWN,
    "Only what is ready was asked for, and everything that was selected is left out.",
    "See what keeps each from being GO: tierline ready SELECTION.",
)  # fmt: skip

WITHOUT: Final = Code(
    "plan/without", "A service is left out on request", ALWAYS_UNKNOWN,
    "Whoever made the plan asked for a release without it, so nothing was found out about it. What "
    "depends on it is left out, too.",
    "When it is to ship: tierline rollout SERVICE+.",
)  # fmt: skip

CONTRACT_FIRST: Final = Code(
    "plan/contract-first", "Whom a contract wants first is left out", ALWAYS_UNKNOWN,
    "A contract is only safe if the other service is verified before this one, or moves with it, and "
    "the other one is not part of the release.",
    "Release both: tierline can-roll SERVICE names the smallest set.",
)  # fmt: skip

PLAN_CODES: Final = (NOT_JUDGED, REVISION_UNKNOWN, NOTHING_READY, WITHOUT, CONTRACT_FIRST)

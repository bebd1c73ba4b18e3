"""The row of the gate that asks whether everybody works with everybody during a release."""

from __future__ import annotations

from typing import Final

from tierline.readiness import late
from tierline.readiness.gate import Gate

BOUNDARIES_GATE: Final = Gate(
    "boundaries",
    "Boundaries against what runs",
    "Old and new revisions meet while a release is under way, and each must work with the other.",
    "contracts now and as what runs was shipped with them; what the environment runs",
    "Every pair of revisions that can meet in this release fits: both candidates, and a candidate "
    "with what runs, in an order that owners allow. Contracts are compared as each side went by "
    "them; where a consumer declares what it uses, only that can break it. What the environment may "
    "still go back to has to go on working, too. Unknown is kept apart from broken.",
    late.judge("boundaries", "judge_boundaries"),
    off=late.off("boundaries", "boundaries_off"),
)

"""Row of the gate that judges exceptions from all the others."""

from __future__ import annotations

from typing import Final

from tierline.readiness import late
from tierline.readiness.gate import Gate

EXCEPTIONS: Final = (
    Gate(
        "waivers",
        "Waivers",
        "A waiver without reason, author or end becomes the rule.",
        "the waivers of the policy file and of the files that it names; for a local environment "
        "also tierline-baseline.toml of the mesh; what all other gates found",
        "Every waiver names a code that a gate gives and a service of the mesh, its reason and its "
        "author, and has not expired; one that ends within 14 days, or that matches nothing, is "
        "reported, and so is how much of a baseline is mended. Waivers that a mesh brings along "
        "count for local environments only.",
        judge_found=late.judge("waivers", "judge_waivers"),
    ),
)

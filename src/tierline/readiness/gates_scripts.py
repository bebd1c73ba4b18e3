"""The row of the gate that asks the mesh's own scripts."""

from __future__ import annotations

from typing import Final

from tierline.readiness import late
from tierline.readiness.gate import Gate

SCRIPT_GATES: Final = (
    Gate(
        "scripts",
        "The mesh's own scripts",
        "A mesh that brings its own gates means them.",
        "scripts/*.sh of the mesh, and somebody who wants them run: check --scripts",
        "Gate scripts that are not wrappers of tierline are run from the folder above the mesh, with "
        "--root-path, one after another: 0 is ok, 1 findings, anything else no answer. Where a "
        "script and our gates about the same thing disagree, that is told. They are programs of the "
        "mesh and may do anything, so nothing runs them unasked; a policy that demands `scripts` "
        "makes a check without them unknown.",
        off=late.off("own_scripts", "scripts_off"),
        judge_found=late.judge("own_scripts", "judge_scripts"),
    ),
)

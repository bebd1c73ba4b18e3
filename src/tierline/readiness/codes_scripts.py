"""Finding codes of the gate that judges by the mesh's own scripts."""

from __future__ import annotations

from tierline.readiness.code import ALWAYS_FAIL, ALWAYS_UNKNOWN, ALWAYS_WARN, UNKNOWN, Code

_MEANT = "A mesh that brings its own gates means them."

SCRIPTS = (
    Code(
        "scripts/not-run", "The mesh's own scripts were not run", ALWAYS_WARN, _MEANT,
        "Run them where you trust the mesh: tierline check --scripts.",
        demand="scripts", when_required=UNKNOWN,
    ),
    Code(
        "scripts/findings", "A script of the mesh has findings", ALWAYS_FAIL, _MEANT,
        "Mend what it says; run it by hand for all of it.",
    ),
    Code(
        "scripts/no-answer", "A script of the mesh gave no answer", ALWAYS_UNKNOWN,
        "What ended otherwise than with 0 or 1, or not in time, judged nothing.",
        "Run it by hand, and mend the script.",
    ),
    Code(
        "scripts/disagrees", "A script and a gate of tierline disagree", ALWAYS_WARN,
        "One of the two is wrong about this mesh, or they judge different things.",
        "Compare the two answers; the worse one counts.",
    ),
)  # fmt: skip

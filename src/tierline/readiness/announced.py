"""Gates that a release needs and that this version does not judge: unknown, never passed."""

from __future__ import annotations

from typing import Final

from tierline.readiness.gate import Gate

_NOT_YET = (
    "This version of tierline does not judge it. Locally that is a warning; staging and production "
    "require it, so there it holds the release until a policy file or a waiver says otherwise."
)

_ROWS = (
    (
        "scripts",
        "The mesh's own scripts",
        "A mesh that brings its own gates means them.",
        "scripts/*.sh of the mesh",
    ),
)

ANNOUNCED_GATES: Final = tuple(
    Gate(id_, title, why, needs, _NOT_YET) for id_, title, why, needs in _ROWS
)

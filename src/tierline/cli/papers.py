"""What a person brings along to a rollout besides the plan; imports nothing slow."""

from __future__ import annotations

from pathlib import Path

from tierline.frozen import frozen


@frozen
class Papers:
    """Approvals that travelled, and the reason to pass gates as it was typed (None: not asked)."""

    approvals: tuple[Path, ...] = ()
    break_glass: str | None = None

"""What each tool does when one service does not come up, and when it is killed and run again."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import kwok_mesh
from measured import Cost
from outcome import Outcome, table

from tierline.mesh.names import slug

_BAD = re.compile(r"error|fail|timed? ?out|exceeded|no-go|not ready|cannot|held", re.IGNORECASE)
_HEAD = ("tool", "a service is never ready", "an image is missing", "killed by -9, and again")


@dataclass(frozen=True)
class Try:
    """One rollout: what became of it, and when each service was started, in monotonic seconds."""

    outcome: Outcome
    started: Mapping[str, float]


Roll = Callable[[str, kwok_mesh.Parts, float], Try]
"""rolls a mesh out by a tool; with seconds, it is killed after them and run again"""


def troubled(rivals: Sequence[str], roll: Roll, parts: kwok_mesh.Parts) -> list[str]:
    """A row a tool."""
    broken = list(parts)[len(parts) // 3]
    free = len(parts) - len(_behind(parts, broken))
    rows: list[Sequence[str]] = []
    for rival in rivals:
        cells = [rival]
        for fate in ("never-ready", "image-missing"):
            ill = {**parts, broken: replace(parts[broken], seconds=0.0, fate=fate)}
            cells.append(_told(roll(rival, ill, 0.0), slug(broken), free))
        again = roll(rival, parts, kwok_mesh.bound(parts) / 2 + 1).outcome
        cells.append(
            f"exit {again.cost.code} after {again.cost.wall:.1f} s, {again.done} of {len(parts)} up"
        )
        rows.append(cells)
        print(f"  {' | '.join(cells)}", file=sys.stderr)
    return table(_HEAD, rows)


def _told(tried: Try, name: str, free: int) -> str:
    """When it said so, from the moment at which the service was started, and what else got done."""
    found = tried.outcome
    said = _first_word(found.cost, name)
    if name not in tried.started:
        told = "never started"
    elif said is None:
        told = f"never said by name (it ended with {found.cost.code})"
    else:
        told = f"said after {said - tried.started[name]:.1f} s"
    return f"{told}, over after {found.cost.wall:.1f} s; {found.done} of {free} others up"


def _first_word(cost: Cost, name: str) -> float | None:
    """When a line first spoke of it as of something that went wrong: by its name, or its number."""
    number = name.partition("-")[0]
    for at, text in cost.lines:
        if number in text.lower() and _BAD.search(text):
            return at
    return None


def _behind(parts: kwok_mesh.Parts, broken: str) -> set[str]:
    """It and all that needs it, directly or not; owners come before those that need them."""
    found = {broken}
    for name, part in parts.items():
        if found & set(part.owners):
            found.add(name)
    return found

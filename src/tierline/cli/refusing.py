"""Turns everything that is wrong with what a command was given into one error."""

from __future__ import annotations

from collections.abc import Sequence

from tierline.errors import UsageError
from tierline.mesh.defect import Defect


def refused(what: str, problems: Sequence[Defect]) -> UsageError:
    """One error with a line a problem, each with place, code and fix where there is more than one."""
    first = problems[0]
    if len(problems) == 1:
        return UsageError(f"{what}: {_placed(first)}", code=first.code, fix=first.fix)
    lines: list[str] = []
    for problem in problems:
        lines.append(f"{_placed(problem)} [{problem.code}]")
        if problem.fix:
            lines.append(f"  fix: {problem.fix}")
    return UsageError("\n  ".join([f"{what}:", *lines]), code=first.code)


def _placed(problem: Defect) -> str:
    return f"{problem.place}: {problem.message}" if problem.place.path else problem.message

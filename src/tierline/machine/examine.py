"""The table of everything that doctor looks at, and the examination by it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Final

from tierline.facts.machine import Machine
from tierline.machine.meshes import (
    judge_mesh,
    judge_outside,
    judge_repository,
    judge_target,
)
from tierline.machine.model import Examination, Needs, Point
from tierline.machine.places import judge_folder, judge_home, judge_journal, judge_socket
from tierline.machine.system import (
    judge_clock,
    judge_limits,
    judge_locale,
    judge_loopback,
    judge_memory,
    judge_path,
    judge_ports,
    judge_system,
)
from tierline.machine.tools import (
    judge_compose,
    judge_contract_tool,
    judge_docker,
    judge_git,
    judge_kubectl,
    judge_language,
    judge_programs,
)

Judge = Callable[[Machine, Needs], Iterable[Point]]

TABLE: Final[tuple[tuple[str, Judge], ...]] = (
    ("mesh", judge_mesh),
    ("target", judge_target),
    ("git", judge_git),
    ("repository", judge_repository),
    ("go", partial(judge_language, "go")),
    ("python", partial(judge_language, "python")),
    ("node", partial(judge_language, "node")),
    ("program", judge_programs),
    ("outside", judge_outside),
    ("docker", judge_docker),
    ("compose", judge_compose),
    ("kubectl", judge_kubectl),
    (
        "buf",
        partial(
            judge_contract_tool,
            "buf",
            "judging protobuf contracts",
            "pip install buf-bin, or https://buf.build/docs/installation",
        ),
    ),
    (
        "oasdiff",
        partial(
            judge_contract_tool,
            "oasdiff",
            "judging OpenAPI contracts",
            "https://github.com/oasdiff/oasdiff/releases",
        ),
    ),
    ("system", judge_system),
    ("home", judge_home),
    ("state", partial(judge_folder, "state")),
    ("runtime", partial(judge_folder, "runtime")),
    ("cache", partial(judge_folder, "cache")),
    ("journal", judge_journal),
    ("socket", judge_socket),
    ("loopback", judge_loopback),
    ("ports", judge_ports),
    ("limits", judge_limits),
    ("memory", judge_memory),
    ("clock", judge_clock),
    ("locale", judge_locale),
    ("path", judge_path),
)
"""id -> what judges it, in the order in which people read it"""

_ONLY_WHERE_NEEDED: Final = (
    "go",
    "python",
    "node",
    "docker",
    "compose",
    "kubectl",
    "buf",
    "oasdiff",
)


def examine(machine: Machine, needs: Needs) -> Examination:
    """Everything that the mesh needs here; without a mesh, everything that some mesh may need."""
    points: list[Point] = []
    left_out: list[str] = []
    for name, judge in TABLE:
        found = list(judge(machine, needs))
        points += found
        if not found and name in _ONLY_WHERE_NEEDED:
            left_out.append(name)
    return Examination(needs, tuple(points), tuple(left_out))

"""What a workload's process gets: argv, folder, variables, ports; starts nothing itself."""

from __future__ import annotations

import re
from pathlib import Path

from tierline.targets.local.messages import Workload
from tierline.targets.local.stage import Staged
from tierline.targets.local.wiring import Wired, first_workload, own_port

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def workloads(staged: Staged, wired: Wired, folder: Path, path: str) -> tuple[Workload, ...]:
    """One entry for each workload. `folder` is the staged revision's, `path` the caller's PATH.

    Of what sets the same variable the later wins: the mesh's variables, addresses, ports, what the
    build says.
    """
    first = first_workload(workload.name for workload in staged.workloads)
    numbers = wired.ports.numbers
    here = folder / "mesh" / staged.path
    common = {name: value for name, value in staged.variables.items() if _VARIABLE.fullmatch(name)}
    common |= wired.rendered.environment
    common |= {f"{name.upper()}_PORT": str(number) for name, number in numbers.items()}
    common |= {"PATH": f"{here / 'node_modules' / '.bin'}:{path}", "LANG": "C.UTF-8"}
    found: list[Workload] = []
    for workload in staged.workloads:
        own = own_port(workload.name, first)
        env = {**common, "HTTP_PORT": str(numbers[own]), **workload.env}
        ports = {"http": numbers[own]}
        if workload.name == first:
            others = {f"{w.name}_http" for w in staged.workloads}
            ports |= {name: number for name, number in numbers.items() if name not in others}
        found.append(Workload(workload.name, workload.argv, str(here), env, ports))
    return tuple(found)


def optional_http(staged: Staged) -> frozenset[str]:
    """Workloads that need not serve HTTP: nothing declares a port of theirs."""
    first = first_workload(workload.name for workload in staged.workloads)
    found: set[str] = set()
    for workload in staged.workloads:
        declared = own_port(workload.name, first) in staged.declared
        if not declared and not (workload.name == first and staged.serves_http):
            found.add(workload.name)
    return frozenset(found)

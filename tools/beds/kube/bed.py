"""Brings a Kubernetes bed up and takes it down; `bed.json` says what is in it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from beds import places, processes
from beds.builds import not_built, programs
from beds.failure import BedError, CannotHostError
from beds.kube import cgroups, isolation, kwok, node, prometheus, registry, versions
from beds.kube.control_plane import ControlPlane, Seat
from beds.kube.hosting import missing_for_node

KIND = "kubernetes"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a bed shall have beside a control plane and an image registry.

    `simulated` is a number of nodes. Where there is a real one, too, they are tainted. With `audit`
    the API server writes a line for each answer to `audit.log` in the bed's folder.
    """

    node: bool = True
    simulated: int = 0
    prometheus: bool = False
    audit: bool = False


def up(name: str, wanted: Wanted, owner: int | None = None) -> dict[str, Any]:
    """A new cluster; what its users need to know. A bed that did not come up is taken down again.

    With `owner`, the pid of a process, the bed is left behind, for sweep, once that is dead.
    """
    built = programs(
        versions.module(), _names(wanted)
    )  # before there is anything to be cleared away
    bed = places.make(name, KIND, owner)
    try:
        seat = isolation.isolate(bed, built["pause"]) if wanted.node else Seat()
        images = registry.start(bed, built["registry"], seat)
        plane = ControlPlane(bed, built, seat)
        plane.start(audit=wanted.audit)
        if wanted.node:
            node.start(plane, built, images)
        if wanted.simulated:
            kwok.start(plane, built["kwok"], wanted.simulated, tainted=wanted.node)
        known = places.facts(bed) | _facts(plane, images, wanted)
        if wanted.prometheus:
            known["prometheus"] = prometheus.start(plane)
        places.write(bed, known)
    except BedError as error:
        kept = down(bed, keep_logs=True)
        raise BedError(f"{error}\nwhat its programs said is kept in {kept}") from error
    except BaseException:
        down(bed)
        raise
    return known


def down(bed: Path, *, keep_logs: bool = False) -> Path | None:
    """End all that runs in a bed and remove its folder; safe to do again, whatever is left of it.

    Returns where the logs are, when they were to be kept.
    """
    recorded = processes.parts(bed)
    for part in reversed([p for p in recorded if p.name != "holder"]):
        processes.stop(bed, part)
    cgroups.clear(bed)
    processes.stop_marked(bed)
    isolation.remove_link(bed)
    kept = places.keep_logs(bed) if keep_logs else None
    places.remove(bed)
    return kept


def build(wanted: Wanted) -> None:
    """Build what such a bed needs and is not built yet."""
    programs(versions.module(), _names(wanted))


def missing(wanted: Wanted) -> list[str]:
    """The programs that would have to be built; an error where the machine cannot host the bed."""
    return not_built(versions.module(), _names(wanted))


def _names(wanted: Wanted) -> list[str]:
    lacks = missing_for_node() if wanted.node else []
    if lacks:
        lines = "\n".join(f"  - {one}" for one in lacks)
        raise CannotHostError(
            f"this machine cannot host a node:\n{lines}\n"
            "A control plane can be had all the same: .venv/bin/python tools/beds kube up --no-node"
        )
    if wanted.prometheus:
        prometheus.program()
    return [
        *versions.CONTROL_PLANE,
        "registry",
        *(versions.NODE if wanted.node else ()),
        *(("kwok",) if wanted.simulated else ()),
    ]


def _facts(plane: ControlPlane, images: str, wanted: Wanted) -> dict[str, Any]:
    return {
        "up": True,
        "server": plane.server,
        "kubeconfig": str(plane.kubeconfig),
        "kubectl": str(plane.programs["kubectl"]),
        "registry": images,
        "node": node.NAME if wanted.node else None,
        "simulated": wanted.simulated,
        "outside": plane.seat.outside,
    }

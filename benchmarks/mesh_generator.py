"""Writes meshes of any size in the go-mesh format, the same one for the same arguments.

python benchmarks/mesh_generator.py DIR --services 49 --edges 34 --externals 14 --inversions 1
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from go_mesh_files import Names, event_files, mesh_files, service_files

from tierline.mesh.declared import Declaration
from tierline.mesh.names import short_id, slug
from tierline.mesh.profiles import DOMAINS
from tierline.scaffold.canonical_files import Canonical, canonical_files

_FIRST = ("Account", "Audit", "Billing", "Catalog", "Claim", "Consent", "Credit", "Device")
_SECOND = ("Archive", "Broker", "Gateway", "Ledger", "Monitor", "Planner", "Registry", "Router")
_EVENT_EVERY = 3
"""one service in so many produces an event"""


@dataclass(frozen=True)
class Shape:
    """How large a mesh is. `edges` are DBR edges inside it; each external adds one edge of its own.

    `inversions` of the edges lead from a service of tier 0 to an owner in tier 1.
    """

    services: int
    edges: int = 0
    externals: int = 0
    inversions: int = 0
    seed: int = 0


def generate(folder: Path, shape: Shape) -> Canonical:
    """Write `folder/mesh` and `folder/viralForge/specs`; returns what they declare.

    ValueError when so many edges or inversions do not fit into so many services.
    """
    canonical = declare(shape)
    write(folder, canonical)
    return canonical


def write(folder: Path, canonical: Canonical) -> None:
    """Write a mesh that is declared already."""
    made: set[Path] = set()
    for path, text in _files(canonical):
        file = folder / path
        if file.parent not in made:
            file.parent.mkdir(parents=True, exist_ok=True)
            made.add(file.parent)
        file.write_text(text, encoding="utf-8", newline="\n")


def declare(shape: Shape) -> Canonical:
    """The services of a mesh, without writing anything."""
    chance = random.Random(shape.seed)
    ids = _ids(shape.services, "M", chance)
    domain_of = _domains(ids, chance)
    owners = _edges(domain_of, shape, chance)
    externals = _ids(shape.externals, "X", chance)
    for external in externals:
        owners[chance.choice(ids)].add(external)
    events = {name: f"{slug(name)}.changed" for name in ids[::_EVENT_EVERY]}
    consumed = {
        name: (events[source],)
        for name in ids[1::_EVENT_EVERY]
        if (source := chance.choice(list(events))) != name
    }
    services = [
        Declaration(
            name,
            domain_of[name],
            tuple(sorted(owners[name])),
            consumed.get(name, ()),
            (*([f"EVENT:{events[name]}"] if name in events else []), "http"),
        )
        for name in ids
    ]
    return Canonical(services, externals)


def _ids(count: int, letter: str, chance: random.Random) -> list[str]:
    width = max(2, len(str(count)))
    return [
        f"{letter}{number:0{width}}-{chance.choice(_FIRST)}-{chance.choice(_SECOND)}"
        for number in range(1, count + 1)
    ]


def _domains(ids: list[str], chance: random.Random) -> dict[str, str]:
    """About a tenth of the services in tier 0, a quarter in tier 1, the rest in tier 2."""
    weights = [2 if tier == 0 else 5 if tier == 1 else 3 for tier in DOMAINS.values()]
    chosen = chance.choices(list(DOMAINS), weights, k=len(ids))
    return dict(zip(ids, [*DOMAINS, *chosen][: len(ids)], strict=True))


def _edges(domain_of: dict[str, str], shape: Shape, chance: random.Random) -> dict[str, set[str]]:
    """Owners come earlier in an order by tier, so there is no cycle and no inversion but those asked.

    A service of an inversion has no dependents, for they would be inverted too.
    """
    tier = {name: DOMAINS[domain] for name, domain in domain_of.items()}
    order = sorted(tier, key=lambda name: tier[name])
    early = [name for name in order if tier[name] == 0]
    core = [name for name in order if tier[name] == 1]
    inverted = early[len(early) - shape.inversions :]
    possible = len(order) * (len(order) - 1) // 2
    if shape.inversions > len(early) or (shape.inversions and not core):
        raise ValueError(f"{shape.inversions} inversions need as many services in tier 0")
    if shape.edges < shape.inversions or shape.edges > possible // 2:
        raise ValueError(f"{shape.edges} edges do not fit into {len(order)} services")
    owners: dict[str, set[str]] = {name: set() for name in order}
    for name in inverted:
        owners[name].add(chance.choice(core))
    plain = [name for name in order if name not in set(inverted)]
    left = shape.edges - shape.inversions
    while left:
        dependent = chance.randrange(1, len(plain))
        owner = plain[chance.randrange(dependent)]
        if owner not in owners[plain[dependent]]:
            owners[plain[dependent]].add(owner)
            left -= 1
    return owners


def _files(canonical: Canonical) -> Iterator[tuple[str, str]]:
    yield from canonical_files(canonical)
    for path, text in mesh_files(canonical):
        yield f"mesh/{path}", text
    producers = {
        entry.removeprefix("EVENT:"): one.service_id
        for one in canonical.services
        for entry in one.provides
        if entry != "http"
    }
    for path, text in event_files(canonical.services, producers):
        yield f"mesh/{path}", text
    for one in canonical.services:
        addresses = {
            f"{short_id(owner).lower()}_http_url": f"http://{slug(owner)}:8080"
            for owner in one.depends_on
        }
        for path, text in service_files(Names(one), addresses):
            yield f"mesh/{path}", text


def main() -> None:
    """Write a mesh as the command line says."""
    parser = argparse.ArgumentParser(description="Writes a mesh in the go-mesh format.")
    parser.add_argument("folder", type=Path)
    for name in ("services", "edges", "externals", "inversions", "seed"):
        parser.add_argument(f"--{name}", type=int, default=49 if name == "services" else 0)
    given = vars(parser.parse_args())
    folder: Path = given.pop("folder")
    made = generate(folder, Shape(**given))
    print(f"{len(made.services)} services in {folder / 'mesh'}")


if __name__ == "__main__":
    main()

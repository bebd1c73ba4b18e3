"""What the generated files of a mesh should hold now, or why nobody can say; writes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from tierline.frozen import frozen
from tierline.mesh import index, load_order
from tierline.mesh.canonical import ARCHITECTURE, DEPENDENCIES, DEPLOYMENT
from tierline.mesh.clean import clean
from tierline.mesh.declared import Declaration, by_index, by_inputs, strange_entries
from tierline.mesh.defect import Defect, Place
from tierline.mesh.generated import STANDARD, Prose, prose_of, services_index
from tierline.mesh.generated import load_order as load_order_text
from tierline.mesh.model import Canonical, Mesh
from tierline.mesh.tree import Tree

_NEEDED = {
    ARCHITECTURE: "architecture",
    DEPENDENCIES: "depends_on",
    DEPLOYMENT: "domains",
}
"""input -> field of Canonical"""


@frozen
class Regenerated:
    """`texts`: path below the mesh root -> what it should hold; empty where `problems` say why.

    `missing` are inputs that are not there: then the index is taken as it stands, and only the load
    order is derived from it.
    """

    texts: Mapping[str, str] = field(default_factory=dict[str, str])
    declared: tuple[Declaration, ...] = ()
    missing: tuple[str, ...] = ()
    problems: tuple[Defect, ...] = ()


def regenerate(mesh: Mesh, tree: Tree, canonical: Tree | None) -> Regenerated:
    """Both files from the canonical inputs, or the load order alone from the index."""
    missing = tuple(name for name, key in _NEEDED.items() if getattr(mesh.canonical, key) is None)
    problems = _problems(mesh, tree, canonical, from_inputs=not missing)
    if problems:
        return Regenerated(missing=missing, problems=problems)
    declared = by_index(mesh.services.values()) if missing else by_inputs(mesh.canonical)
    try:
        order = load_order_text(declared, mesh.profile.domains, _prose(tree))
    except ValueError as cycle:
        message = f"{clean(str(cycle), 1000)}; no service of a cycle can start first"
        place = Place(tree.shown(index.PATH))
        if canonical is not None and not missing:
            place = Place(canonical.shown(DEPENDENCIES))
        wrong = Defect("load-order/cycle", message, place, "remove one of these dependencies")
        return Regenerated(missing=missing, problems=(wrong,))
    texts = {load_order.PATH: order}
    if not missing:
        texts[index.PATH] = services_index(declared)
    return Regenerated(texts, declared, missing)


def _problems(
    mesh: Mesh, tree: Tree, canonical: Tree | None, *, from_inputs: bool
) -> tuple[Defect, ...]:
    """Whatever makes the source of the generation unusable: the inputs, and where one is absent
    the index. An input that is there and cannot be read is never taken for an absent one.
    """
    inputs = {canonical.shown(name) for name in _NEEDED} if canonical else set[str]()
    found = [one for one in mesh.defects if one.place.path in inputs]
    found += _strange(mesh.canonical, canonical)
    if not from_inputs and not found:
        shown = tree.shown(index.PATH)
        own = (one for one in mesh.defects if one.code.startswith("index/"))
        found += (one for one in own if one.place.path == shown)
    return tuple(found)


def _strange(inputs: Canonical, canonical: Tree | None) -> list[Defect]:
    place = Place(canonical.shown(DEPENDENCIES) if canonical else DEPENDENCIES)
    return [
        Defect(
            "index/bad-provides",
            f"{clean(name)}: {clean(entry)} is neither DBR:, EVENT: nor http",
            place,
            "write `DBR:<service_id>`, `EVENT:<name>` or `http`",
        )
        for name, entry in strange_entries(inputs)
    ]


def _prose(tree: Tree) -> Prose:
    entry = tree.entries.get(load_order.PATH)
    content = entry.content if entry else None
    return prose_of(content.decode(errors="replace")) if content else STANDARD

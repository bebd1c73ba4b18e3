"""What a new service changes in the files that the whole mesh shares; writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tierline.frozen import frozen
from tierline.mesh import canonical as inputs
from tierline.mesh import gomod, index, load_order
from tierline.mesh.canonical import parse_canonical
from tierline.mesh.declared import DBR, HTTP, by_index
from tierline.mesh.defect import Defect, Place
from tierline.mesh.generated import STANDARD, prose_of, services_index
from tierline.mesh.generated import load_order as load_order_text
from tierline.mesh.model import Mesh
from tierline.mesh.node import MapNode, Value
from tierline.mesh.source import Source
from tierline.mesh.tree import Entry, Kind, Tree
from tierline.mesh.yaml import LARGE, read_yaml
from tierline.scaffold.blank_service import BlankService
from tierline.scaffold.canonical_files import CATEGORIES, TITLES
from tierline.scaffold.line_edit import add_bullet, add_row, add_use
from tierline.scaffold.yaml_edit import NotEditable, add_entry, add_item

COMPOSE = "environments/compose/docker-compose.services.yaml"
_OTHER = "Other Services"
"""the category of a service whose domain has none"""
_BY_HAND = "add the service there by hand, or mend the file"


@frozen
class Edit:
    """A file's new content. `tree` says to which tree `path` is relative; `before` is None if new."""

    tree: Tree
    path: str
    content: bytes
    before: bytes | None


@frozen
class Joined:
    """Every edit, and every reason why a file cannot be edited."""

    edits: tuple[Edit, ...]
    problems: tuple[Defect, ...]


@frozen
class _Step:
    """How one file changes; a file that is not there is left alone unless it is `generated`."""

    tree: Tree
    path: str
    edit: Callable[[bytes, str], bytes]
    generated: bool = False


def join_mesh(new: BlankService, mesh: Mesh, tree: Tree, canonical: Tree | None) -> Joined:
    """Index, load order, go.work, Compose, and the canonical inputs where they are."""
    edits: list[Edit] = []
    problems: list[Defect] = []
    for step in (*_mesh_steps(new, mesh, tree), *_input_steps(new, mesh, canonical)):
        entry = step.tree.entries.get(step.path)
        if entry is None and not step.generated:
            continue
        try:
            content = _content(entry, step.tree.shown(step.path))
            edited = step.edit(content or b"", step.tree.shown(step.path))
        except NotEditable as refused:
            problems.append(Defect("write/not-editable", refused.reason, refused.place, _BY_HAND))
        else:
            if edited != content:
                edits.append(Edit(step.tree, step.path, edited, content))
    return Joined(tuple(edits), tuple(problems))


def _content(entry: Entry | None, shown: str) -> bytes | None:
    if entry is None:
        return None
    if entry.kind is not Kind.FILE or entry.content is None:
        raise NotEditable(Place(shown), entry.trouble or "it is no regular file that can be read")
    try:
        entry.content.decode()
    except UnicodeDecodeError as error:
        raise NotEditable(Place(shown), "it is not UTF-8 text") from error
    return entry.content


def _mesh_steps(new: BlankService, mesh: Mesh, tree: Tree) -> Iterator[_Step]:
    declared = (*by_index(mesh.services.values()), new.declaration)

    def order(content: bytes, shown: str) -> bytes:
        prose = prose_of(content.decode(errors="replace")) if content else STANDARD
        try:
            return load_order_text(declared, mesh.profile.domains, prose).encode()
        except ValueError as cycle:
            raise NotEditable(Place(shown), str(cycle)) from cycle

    yield _Step(tree, load_order.PATH, order, generated=True)
    if new.language == "go":
        yield _Step(tree, gomod.WORKSPACE, lambda content, shown: _used(content, shown, new))
    yield _Step(tree, COMPOSE, lambda content, shown: _composed(content, shown, new))
    yield _Step(tree, index.PATH, lambda _content, _shown: services_index(declared).encode())


def _used(content: bytes, shown: str, new: BlankService) -> bytes:
    old, wrong = gomod.parse_go_work(content, shown)
    if old is None or wrong:
        reason = wrong[0] if wrong else None
        raise NotEditable(reason.place if reason else Place(shown),
                          reason.message if reason else "it cannot be read")  # fmt: skip
    edited = add_use(content, new.path)
    found, wrong = gomod.parse_go_work(edited, shown)
    if wrong or {one.path for one in found or ()} != {*(one.path for one in old), new.path}:
        raise NotEditable(Place(shown), "it is written in a way that cannot be added to safely")
    return edited


def _composed(content: bytes, shown: str, new: BlankService) -> bytes:
    root = read_yaml(content, Source(shown, "edit"), LARGE)
    known = frozenset(root.fields if isinstance(root, MapNode) else ())
    file = f"../../{new.path}/deploy/compose/service.compose.yaml"
    if "services" not in known and "include" in known:
        return add_item(content, shown, "include", file, str)
    names = [new.name, *([f"{new.name}-worker"] if new.language == "go" else [])]
    for name in names:
        body: dict[str, Value] = {"extends": {"file": file, "service": name}}
        content = add_entry(content, shown, ["services"], name, body)
    volume = f"{new.name}-data"
    if "volumes" in known:
        return add_entry(content, shown, ["volumes"], volume, {})
    return add_entry(content, shown, [], "volumes", {volume: {}})


def _input_steps(new: BlankService, mesh: Mesh, canonical: Tree | None) -> Iterator[_Step]:
    """The inputs that do not know the service yet; what they say of it already is left alone."""
    if canonical is None:
        return
    known, name = mesh.canonical, new.service_id
    needs: list[Value] = [f"{DBR}{owner}" for owner in sorted(new.declaration.depends_on)]
    category = CATEGORIES.get(new.domain, _OTHER)

    def entry(file: str, keys: list[str], body: dict[str, Value]) -> _Step:
        return _Step(
            canonical, file, lambda content, shown: add_entry(content, shown, keys, name, body)
        )

    if name not in (known.architecture or {}):
        yield entry(inputs.ARCHITECTURE, ["services"], {"architecture": "microservice"})
    if name not in (known.depends_on or {}):
        yield entry(inputs.DEPENDENCIES, [], {"provides": [HTTP], "depends_on": needs})
    if name not in (known.domains or {}):
        yield _Step(
            canonical, inputs.DEPLOYMENT, lambda content, shown: _profiled(content, shown, new)
        )
    if not _has_category(canonical, name):
        yield entry(inputs.CATEGORIES, ["services"], {"category": category})


def _has_category(canonical: Tree, name: str) -> bool:
    entry = canonical.entries.get(inputs.CATEGORIES)
    root = read_yaml((entry.content if entry else None) or b"", Source("", "edit"), LARGE)
    services = root.value("services") if isinstance(root, MapNode) else None
    return isinstance(services, MapNode) and name in services.fields


def _profiled(content: bytes, shown: str, new: BlankService) -> bytes:
    titles = {domain: title for title, domain in TITLES}
    edited = add_row(content, new.service_id, CATEGORIES.get(new.domain, _OTHER))
    title = titles.get(new.domain, new.domain)
    headings = edited.decode(errors="replace").splitlines()
    if f"### {title}" in headings or _domain_of(edited, new) != new.domain:
        edited = add_bullet(edited, new.service_id, title, new.domain)
    if _domain_of(edited, new) != new.domain:
        raise NotEditable(Place(shown), "it is written in a way that cannot be added to safely")
    return edited


def _domain_of(content: bytes, new: BlankService) -> str | None:
    tree = Tree("", {inputs.DEPLOYMENT: Entry(Kind.FILE, len(content), content)})
    return (parse_canonical(tree)[0].domains or {}).get(new.service_id)

"""Reads the inputs that concern the release as a whole: index, order, life cycle, guides, contracts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tierline.context.facts import Facts, Request, at
from tierline.context.inputs import Inputs
from tierline.context.lookup import lookup_of
from tierline.mesh import (
    dotenv,
    event_contract,
    index,
    lifecycle,
    load_order,
    manifests,
    settings_file,
)
from tierline.mesh.api_contracts import ApiContract, is_api_contract, parse_api_contract
from tierline.mesh.contract_owner import api_owner
from tierline.mesh.defect import Place
from tierline.mesh.lifecycle_rules import StateRule, read_lifecycle_rules
from tierline.mesh.local_dev import PATH as LOCAL_DEV
from tierline.mesh.local_dev import LocalDev, parse_local_dev
from tierline.mesh.model import EventContract, LoadOrder, Mesh
from tierline.mesh.scripts_guide import FOLDER as SCRIPTS_FOLDER
from tierline.mesh.scripts_guide import PATH as SCRIPTS
from tierline.mesh.scripts_guide import ScriptsGuide, parse_scripts_guide
from tierline.mesh.tree import Kind, Tree


def count(number: int, one: str, more: str = "") -> str:
    """`1 batch`, `2 batches`."""
    return f"{number} {one if number == 1 else more or one + 's'}"


def read_documents_of(request: Request, inputs: Inputs) -> Facts:
    """Everything about the release that is not of one service."""
    mesh = request.mesh
    inputs.known(index.PATH, dict(mesh.services) or None, _of_index)
    inputs.known(load_order.PATH, mesh.load_order, _of_order)
    inputs.known(
        manifests.IMPLEMENTED,
        mesh.implemented,
        lambda listed: [f"{len(listed)} listed as implemented"],
    )
    rules = _lifecycle(mesh, inputs)
    local = inputs.parsed(LOCAL_DEV, "structure", parse_local_dev, _of_local_dev)
    if local is not None and not (local.commands or local.statements or local.prerequisites):
        inputs.remark("says-nothing", "it says nothing", Place(inputs.tree.shown(LOCAL_DEV)))
    known = script_files(inputs.tree)
    guide = inputs.parsed(
        SCRIPTS,
        "scripts",
        lambda content, shown: parse_scripts_guide(content, shown, known),
        _of_scripts,
    )
    return Facts(
        request=request,
        inputs=inputs,
        lookup=lookup_of(mesh, inputs.tree),
        local_dev=local,
        scripts=guide,
        lifecycle=rules,
        contracts=_contracts(mesh, inputs),
        variables=_variables(mesh, inputs),
    )


def script_files(tree: Tree) -> frozenset[str]:
    """The names of the scripts that the mesh has."""
    found = (path.removeprefix(SCRIPTS_FOLDER) for path in tree.entries if _is_script(path, tree))
    return frozenset(found)


def _is_script(path: str, tree: Tree) -> bool:
    inside = path.startswith(SCRIPTS_FOLDER) and path.endswith((".sh", ".bash"))
    return inside and tree.entries[path].kind is Kind.FILE


def _of_index(services: Mapping[str, object]) -> list[str]:
    return [count(len(services), "service"), "domains, owners, events"]


def _of_order(order: LoadOrder) -> Iterator[str]:
    if order.levels:
        yield count(len(order.levels), "level")
    if order.tiers:
        yield count(len(order.tiers), "tier")
    if order.matrix:
        yield f"owners of {count(len(order.matrix), 'service')}"


def _of_local_dev(local: LocalDev) -> Iterator[str]:
    for found, one in (
        (local.prerequisites, "prerequisite"), (local.commands, "command"),
        (local.variables, "variable"), (local.ports, "port"),
        (local.infrastructure, "needed system"), (local.statements, "statement"),
    ):  # fmt: skip
        if found:
            yield count(len(found), one)


def _of_scripts(guide: ScriptsGuide) -> Iterator[str]:
    yield count(len(guide.scripts), "script")
    if guide.notes or guide.prerequisites:
        yield count(
            len(guide.notes) + len(guide.prerequisites),
            "note on all scripts",
            "notes on all scripts",
        )
    if guide.not_understood:
        yield count(len(guide.not_understood), "part not understood", "parts not understood")


def _lifecycle(mesh: Mesh, inputs: Inputs) -> tuple[StateRule, ...] | None:
    """The rules; what is wrong with the document the mesh's own parser has said."""
    entry = inputs.tree.entries.get(lifecycle.PATH)
    rules: tuple[StateRule, ...] | None = None
    if mesh.lifecycle is not None and entry is not None and entry.content is not None:
        rules = read_lifecycle_rules(entry.content, inputs.tree.shown(lifecycle.PATH))
    inputs.known(
        lifecycle.PATH,
        rules,
        lambda found: [f"{one.state}: {count(len(one.takes), 'rule')}" for one in found],
    )
    return rules


def _contracts(mesh: Mesh, inputs: Inputs) -> dict[str, tuple[ApiContract, ...]]:
    found: dict[str, list[ApiContract]] = {}
    for path in sorted(path for path in inputs.tree.entries if is_api_contract(path)):
        contract = inputs.parsed(
            path,
            "proto-lint" if path.endswith(".proto") else "openapi-breaking",
            lambda content, shown, path=path: parse_api_contract(content, path, shown),
            lambda one: [" ".join(filter(None, (one.kind, one.name, one.version)))],
        )
        if contract is not None:
            found.setdefault(_provider(contract, mesh), []).append(contract)
    for contract in found.get("", ()):
        message = f"no service is known to provide {contract.kind} {contract.name or contract.path}"
        inputs.remark("loose-contract", message, contract.place)
    for path in inputs.tree.entries:
        event = event_contract.event_of(path)
        if event is not None and inputs.tree.entries[path].kind is not Kind.FOLDER:
            inputs.known(path, mesh.events.get(event), _of_event)
    return {service: tuple(contracts) for service, contracts in found.items()}


def _of_event(contract: EventContract) -> list[str]:
    return [f"event {contract.event} {contract.version}".rstrip()]


def _provider(contract: ApiContract, mesh: Mesh) -> str:
    """Whose contract it is; of a proto file it is the package whose words may fit."""
    words = contract.name if contract.kind == "proto" else ""
    return api_owner(contract.path, contract.name, mesh.services, words) or ""


def _variables(mesh: Mesh, inputs: Inputs) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for path in (dotenv.EXAMPLE, dotenv.OWN):
        entry = inputs.tree.entries.get(path)
        if entry is None and path == dotenv.OWN:
            continue
        content = None if entry is None else entry.content
        lines = None if content is None else dotenv.variable_lines(content, inputs.tree.shown(path))
        inputs.known(path, lines, lambda names: [count(len(names), "variable")])
        for name, place in (lines or {}).items():
            found.setdefault(name, []).append(at(place, inputs.tree.label))
    for name in mesh.settings.local_variables:
        found.setdefault(name, []).append(settings_file.PATH)
    return {name: tuple(places) for name, places in found.items()}

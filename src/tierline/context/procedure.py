"""The commands of the release procedure: which this release needs, and what the guide says of them."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from tierline.context.documents import script_files
from tierline.context.facts import Facts
from tierline.context.model import Contracts, Step
from tierline.frozen import frozen
from tierline.mesh.defect import Place
from tierline.mesh.scripts_guide import FOLDER, PATH, Script

CONTRACTS_FOLDER = "contracts/"


@frozen
class _Asked:
    """A script that the procedure asks for. `root`: whether it is always told where the mesh is."""

    name: str
    arguments: str
    contracts: bool
    root: bool = True


PROCEDURE = (
    _Asked("generate-mesh-index.sh", "--check", contracts=False),
    _Asked("validate-mesh-structure.sh", "", contracts=False),
    _Asked("run-mesh-gates.sh", "", contracts=False, root=False),
    _Asked("contracts-buf-lint.sh", "", contracts=True),
    _Asked("contracts-buf-breaking.sh", "", contracts=True),
    _Asked("contracts-buf-generate-check.sh", "", contracts=True),
)
"""the prerequisites of a release, in order"""
USUAL_LABEL = "mesh"


def contracts_of(facts: Facts) -> Contracts:
    """Whether contracts differ from the reference that was asked about."""
    request = facts.request
    if request.changed is None:
        return Contracts(None, "")
    paths = tuple(path for path in request.changed if _is_contract(path))
    return Contracts(bool(paths), request.since, paths)


def _is_contract(path: str) -> bool:
    return path.startswith(CONTRACTS_FOLDER) and not path.endswith(".md")


def steps_of(facts: Facts, contracts: Contracts) -> tuple[Step, ...]:
    """The steps of the procedure, then every other script that the mesh has or the guide names."""
    files = script_files(facts.inputs.tree)
    told = {one.name: one for one in facts.scripts.scripts} if facts.scripts else {}
    asked = [_asked(one, files, told, contracts, facts) for one in PROCEDURE]
    names = {one.name for one in PROCEDURE}
    others = sorted((files | told.keys()) - names)
    steps = (*asked, *(_own(name, name in files, told.get(name), facts) for name in others))
    _remarks(steps, facts)
    return steps


def _asked(
    one: _Asked, files: frozenset[str], told: dict[str, Script], contracts: Contracts, facts: Facts
) -> Step:
    label = facts.inputs.tree.label
    root = one.root or label != USUAL_LABEL
    words = ["bash", shlex.quote(f"{label}/{FOLDER}{one.name}")]
    words += ["--root-path", shlex.quote(label)] if root else []
    words += [one.arguments] if one.arguments else []
    due, why = _due(one, contracts)
    return Step(one.name, " ".join(words), due, why, one.name in files, told.get(one.name))


def _due(one: _Asked, contracts: Contracts) -> tuple[str, str]:
    if not one.contracts:
        return "always", "before every release"
    if contracts.changed is None:
        return "if-contracts", "only if contracts change; --since REF finds out"
    since = contracts.since
    if contracts.changed:
        number = len(contracts.paths)
        return "contracts", f"{number} {'file' if number == 1 else 'files'} below contracts/ differ from {since}"  # fmt: skip
    return "no", f"nothing below contracts/ differs from {since}"


def _own(name: str, exists: bool, script: Script | None, facts: Facts) -> Step:
    label = facts.inputs.tree.label
    command = f"bash {shlex.quote(f'{label}/{FOLDER}{name}')}"
    return Step(name, command, "own", "the release procedure does not ask for it", exists, script)


def _remarks(steps: tuple[Step, ...], facts: Facts) -> None:
    tree = facts.inputs.tree
    lacking = [one.name for one in steps if one.due != "own" and not one.exists]
    if lacking:
        message = f"the release procedure names scripts that are not there: {', '.join(lacking)}"
        facts.inputs.remark("no-script", message, Place(tree.shown(FOLDER.rstrip("/"))))
    for one in steps:
        path = f"{FOLDER}{one.name}"
        if not one.exists and one.script is not None:
            message = f"{path} is not there, and the guide names it"
            facts.inputs.remark("no-script", message, one.script.place)
        elif not one.exists:
            continue
        elif one.script is None and facts.scripts is not None:
            message = f"{PATH} does not say what {one.name} needs, reads or writes"
            facts.inputs.remark("undocumented-script", message, Place(tree.shown(path)))
    for place in _lost(facts):
        facts.inputs.remark("not-understood", "no script could be told for what stands here", place)


def _lost(facts: Facts) -> Iterator[Place]:
    yield from facts.scripts.not_understood if facts.scripts else ()

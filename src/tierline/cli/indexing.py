"""What `tierline index` does between its arguments and its exit code."""

from __future__ import annotations

import difflib
import time
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tierline.cli import output
from tierline.cli.refusing import refused
from tierline.evidence.inputs import with_inputs
from tierline.evidence.load import Loaded, load
from tierline.evidence.root import find_root
from tierline.facts.decision import Severity
from tierline.mesh.declared import Declaration, by_index
from tierline.mesh.index import PATH
from tierline.mesh.regenerate import Regenerated, regenerate
from tierline.scaffold.changes import Change, make

if TYPE_CHECKING:
    from tierline.conductor.place import Place

EXACT = ("index/format", "index/order", "load-order/format")
"""findings that `index check` does not let pass in any environment"""


def generate(root_path: Path | None, inputs: Mapping[str, Path], *, dry_run: bool) -> int:
    """Write what differs; with `dry_run` show it only. UsageError with everything in the way."""
    root = find_root(Path.cwd(), root_path)
    loaded = with_inputs(load(root), inputs)
    made = regenerate(loaded.mesh, loaded.tree, loaded.canonical)
    if made.problems:
        raise refused("the index cannot be generated", made.problems)
    changes = _changes(root, loaded, made)
    if not dry_run:
        make(changes)
    elif changes:
        output.document("".join(map(_difference, changes)))
    verb = "would change" if dry_run else "wrote"
    for change in changes:
        output.note(f"{verb} {root.name}/{change.path}{_said(change, loaded, made)}")
    if not changes:
        output.note("index and load order are up to date" if not made.missing
                    else "the load order is up to date")  # fmt: skip
    if made.missing:
        output.note(f"{root.name}/{PATH} was not regenerated: no {', '.join(made.missing)}")
    return 0


def _changes(root: Path, loaded: Loaded, made: Regenerated) -> list[Change]:
    found: list[Change] = []
    for path, text in sorted(made.texts.items()):
        entry = loaded.tree.entries.get(path)
        before = entry.content if entry else None
        if before != text.encode():
            found.append(Change(root, path, text.encode(), before))
    return found


def _difference(change: Change) -> str:
    lines = (change.before or b"").decode(errors="replace"), change.content.decode()
    old, new = (text.splitlines(keepends=True) for text in lines)
    return "".join(difflib.unified_diff(old, new, f"a/{change.path}", f"b/{change.path}"))


def _said(change: Change, loaded: Loaded, made: Regenerated) -> str:
    """Which services an index gains, loses or declares differently."""
    if change.path != PATH:
        return ""
    old = {one.service_id: one for one in by_index(loaded.mesh.services.values())}
    new = {one.service_id: one for one in made.declared}
    parts = (
        ("added", new.keys() - old.keys()),
        ("removed", old.keys() - new.keys()),
        (
            "changed",
            {name for name in old.keys() & new.keys() if _sorted(old[name]) != _sorted(new[name])},
        ),
    )
    words = [f"{verb} {_some(names)}" for verb, names in parts if names]
    return f": {'; '.join(words) or 'spelling only'}"


def _sorted(one: Declaration) -> Declaration:
    return replace(
        one,
        depends_on=tuple(sorted({*one.depends_on})),
        consumes=tuple(sorted({*one.consumes})),
        provides=tuple(sorted({*one.provides})),
    )


def _some(names: Iterable[str]) -> str:
    ordered = sorted(names)
    more = f" and {len(ordered) - 5} more" if len(ordered) > 5 else ""
    return f"{', '.join(ordered[:5])}{more}"


def check_index(place: Place, inputs: Mapping[str, Path], form: str) -> int:
    """The gates index and load-order, with no mercy for what is not byte for byte generated."""
    from tierline.cli.session import workspace_of
    from tierline.conductor.checking import checked
    from tierline.report.check_document import check_json
    from tierline.report.check_text import check_text

    gates = frozenset({"index", "load-order"})
    workspace = workspace_of(place, "check", gates)
    if inputs:
        loaded = with_inputs(load(workspace.root), inputs)
        workspace = replace(workspace, mesh=loaded.mesh)
    floors = {**workspace.policy.floors, **dict.fromkeys(EXACT, Severity.FAIL)}
    workspace = replace(workspace, policy=replace(workspace.policy, floors=floors))
    result = checked(workspace, gates, time.time())
    if form == "json":
        output.document(check_json(result))
    else:
        output.show(check_text(result, output.width()))
    return output.EXIT[result.decision]

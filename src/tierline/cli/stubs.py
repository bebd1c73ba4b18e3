"""What `tierline contracts lint` and `generate` do between their arguments and their exit code."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from tierline.cli import output
from tierline.cli.session import workspace_of
from tierline.conductor.stubs import proto_answer, proto_check
from tierline.contracts.proto import FOLDER, Stubs
from tierline.errors import PermanentError
from tierline.evidence.proto import GENERATED, LINT
from tierline.scaffold.changes import Change, make

if TYPE_CHECKING:
    from tierline.conductor.place import Place
    from tierline.conductor.workspace import Workspace
    from tierline.contracts.proto import ProtoFacts

_SHOWN = 10


def lint(place: Place, form: str) -> int:
    """Findings of buf lint."""
    workspace = workspace_of(place)
    return _told(workspace, proto_answer(workspace, LINT), LINT, form)


def compare(place: Place, form: str) -> int:
    """Findings of the stubs; nothing is written."""
    workspace = workspace_of(place)
    known = proto_answer(workspace, GENERATED)
    return _told(workspace, known, GENERATED, form)


def generate(place: Place) -> int:
    """Write what differs, remove what is left over, and say both."""
    workspace = workspace_of(place)
    known = proto_answer(workspace, GENERATED)
    stubs = known.generated
    if not isinstance(stubs, Stubs):
        output.note(known.ungenerated)
        return 0
    root = workspace.root
    make([Change(root, FOLDER + path, stubs.made[path]) for path in stubs.missing]
         + [_rewritten(root, path, stubs) for path in stubs.changed])  # fmt: skip
    for path in stubs.left:
        _remove(root, FOLDER + path)
    told = (("wrote", stubs.missing), ("rewrote", stubs.changed), ("removed", stubs.left))
    for verb, paths in told:
        for path in paths[:_SHOWN]:
            output.note(f"{verb} {root.name}/{FOLDER}{path}")
        if len(paths) > _SHOWN:
            output.note(f"{verb} {len(paths) - _SHOWN} more")
    if not (stubs.missing or stubs.changed or stubs.left):
        output.note(f"the stubs are those of the contracts: {len(stubs.made)} files")
    return 0


def _told(workspace: Workspace, known: ProtoFacts, gate: str, form: str) -> int:
    result = proto_check(workspace, known, gate, time.time())
    if form == "json":
        from tierline.report.check_document import check_json

        output.document(check_json(result))
    else:
        from tierline.report.check_text import Show, check_text

        output.show(check_text(result, output.width(), Show.ALL))
    return output.EXIT[result.decision]


def _rewritten(root: Path, path: str, stubs: Stubs) -> Change:
    return Change(root, FOLDER + path, stubs.made[path], (root / FOLDER / path).read_bytes())


def _remove(root: Path, path: str) -> None:
    """Remove a file; what a link leads to is not ours to remove."""
    file = root / path
    try:
        if file.parent.resolve() == root.resolve() / Path(path).parent:
            file.unlink()
            return
        fact = "lies behind a link"
    except OSError as error:
        fact = error.strerror or "the system refuses"
    raise PermanentError(
        f"{root.name}/{path} cannot be removed: {fact}",
        code="buf/not-removed",
        fix="remove it by hand, then run the same command again",
    )

"""What `evidence export` and `evidence import` do between their arguments and their exit codes."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from tierline.cli import output
from tierline.cli.refusing import refused
from tierline.cli.writing import write_file
from tierline.conductor.keeping import add, shelf_of
from tierline.conductor.showing import evidence_view
from tierline.errors import UsageError
from tierline.evidence.attestation import LARGEST, read_attested
from tierline.evidence.envelopes import Malformed
from tierline.facts.testing import Seal, SuiteResult
from tierline.mesh.clean import clean
from tierline.mesh.defect import Defect, Place

if TYPE_CHECKING:
    from tierline.conductor.workspace import Workspace

MOST_BYTES = 512 << 20
_CODE = "evidence/unusable"


def export(workspace: Workspace, file: Path, chosen: tuple[str, ...], *, every: bool) -> int:
    """Write what counts (or everything that is signed) of the chosen services, one envelope a line."""
    view = evidence_view(workspace, chosen)
    shelf = shelf_of(workspace, workspace.environment)
    rows = [row for row in view.kept if row.result and row.result.seal is Seal.GENUINE]
    wanted = rows if every else [row for row in rows if row.counts]
    texts = [shelf.text(row.file) for row in wanted]
    lines = [json.dumps(json.loads(text)) for text in texts if text]
    if not lines:
        raise UsageError(
            f"there is no evidence to export: {len(view.kept)} pieces are kept, none counts now",
            code="evidence/nothing",
            fix="see tierline evidence show; --all exports what does not count, too",
        )
    write_file(file, "\n".join(lines) + "\n")
    noun = "piece" if len(lines) == 1 else "pieces"
    output.note(f"wrote {len(lines)} {noun} of evidence to {file}")
    return 0


def import_envelopes(workspace: Workspace, file: Path, content: bytes) -> int:
    """Keep every result in a file of envelopes, all or none; says how many count now."""
    problems: list[Defect] = []
    found: list[tuple[SuiteResult, str]] = []
    for number, text in _envelopes(content):
        try:
            result = read_attested(text)
        except Malformed as error:
            problems.append(_problem(file, number, f"it {error}"))
            continue
        wrong = _wrong(workspace, result)
        if wrong:
            problems.append(_problem(file, number, wrong))
        found.append((result, text))
    if not found and not problems:
        problems.append(_problem(file, 0, "it holds nothing"))
    if problems:
        raise refused(
            f"{clean(str(file), 200)} is not evidence for here, and nothing was kept", problems
        )
    names = add(shelf_of(workspace, workspace.environment), found)
    return tell_kept(workspace, names, found)


def tell_kept(
    workspace: Workspace, names: tuple[str, ...], found: list[tuple[SuiteResult, str]]
) -> int:
    """Say what was kept and whether it counts."""
    services = tuple(dict.fromkeys(result.service_id for result, _ in found))
    view = evidence_view(workspace, services)
    mine = [row for row in view.kept if row.file in names]
    good = sum(row.counts for row in mine)
    noun = "piece" if len(names) == 1 else "pieces"
    output.note(
        f"kept {len(names)} {noun} of evidence for {workspace.environment}; {good} count now"
    )
    reasons = dict.fromkeys(f"{row.code}: {row.fact}" for row in mine if not row.counts)
    for reason in list(reasons)[:5]:
        output.note(f"  does not count: {reason}")
    return 0


def read_file(file: Path) -> bytes:
    """The content of what a person names; UsageError where it cannot be read."""
    try:
        with file.open("rb") as opened:
            content = opened.read(MOST_BYTES + 1)
    except OSError as error:
        raise UsageError(
            f"{clean(str(file), 200)} cannot be read: {error.strerror}",
            code=_CODE,
            fix="name a readable file",
        ) from error
    if len(content) > MOST_BYTES:
        raise UsageError(
            f"{clean(str(file), 200)} is larger than 512 MiB", code=_CODE, fix="split it"
        )
    return content


def _envelopes(content: bytes) -> Iterator[tuple[int, str]]:
    """(line, text) of each envelope: one document, or one a line."""
    text = content.decode("utf-8", "replace")
    if len(text) <= LARGEST:
        try:
            json.loads(text)
        except (ValueError, RecursionError):
            pass
        else:
            yield 1, text
            return
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            yield number, line


def _wrong(workspace: Workspace, result: SuiteResult) -> str:
    """Why a result has no business here; "" where it may be kept."""
    if result.seal is not Seal.GENUINE:
        return (
            "nobody signed it"
            if result.seal is Seal.UNSIGNED
            else "it was changed, or signed by another key"
        )
    if result.mesh != workspace.mesh.name:
        return f"it is of the mesh {clean(result.mesh)}, and this is {workspace.mesh.name}"
    if result.service_id not in workspace.mesh.services:
        return f"it is of {clean(result.service_id)}, which this mesh does not have"
    if workspace.environment not in result.environments:
        made = ", ".join(map(clean, result.environments))
        return f"it was made for {made}, and this is {workspace.environment}"
    if result.at > time.time() + 300:
        return "it is from the future"
    return ""


def _problem(file: Path, line: int, message: str) -> Defect:
    fix = "export it again where it was made: tierline evidence export FILE"
    return Defect(_CODE, message, Place(clean(str(file), 200), line), fix)

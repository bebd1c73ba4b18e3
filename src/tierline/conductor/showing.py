"""Gathers how every suite stands and what is kept of it; every signature is verified for it."""

from __future__ import annotations

import time
from collections.abc import Iterator

from tierline.conductor.proof import known_results
from tierline.conductor.workspace import Workspace
from tierline.errors import PermanentError
from tierline.evidence.content import Content
from tierline.facts.revision import Revision
from tierline.facts.testing import Kept, KnownResults, SuiteResult
from tierline.readiness.tested import Standing, kept_standing, sorted_by_service, standings
from tierline.report.evidence import EvidenceRow, EvidenceView


def evidence_view(workspace: Workspace, chosen: tuple[str, ...]) -> EvidenceView:
    """Of the chosen services. PermanentError where nobody can look."""
    known = known_results(workspace, time.time(), Content.below(workspace.root), afresh=True)
    if known.trouble:
        raise PermanentError(
            f"test evidence cannot be looked at: {known.trouble}",
            code="evidence/no-state",
            fix="give a state folder of your own with XDG_STATE_HOME or HOME",
        )
    by_service = sorted_by_service(known.kept)
    rows: list[EvidenceRow] = []
    kept: list[EvidenceRow] = []
    for name in chosen:
        mine = by_service.get(name, [])
        found = standings(workspace.mesh.name, name, mine, known, workspace.policy)
        rows += _rows(workspace, found, known)
        kept += [_kept(workspace, one, known) for one in mine]
    return EvidenceView(workspace.environment, workspace.mesh.name, tuple(rows), tuple(kept))


def _rows(
    workspace: Workspace, found: Iterator[Standing], known: KnownResults
) -> Iterator[EvidenceRow]:
    """One a suite: the first reason is that of the newest evidence."""
    seen: set[str] = set()
    for one in found:
        if one.suite not in seen:
            seen.add(one.suite)
            yield _row(workspace, one, known)


def _kept(workspace: Workspace, one: Kept, known: KnownResults) -> EvidenceRow:
    standing = kept_standing(workspace.mesh.name, one, known, workspace.policy)
    return _row(workspace, standing, known, one.file)


def _row(workspace: Workspace, one: Standing, known: KnownResults, file: str = "") -> EvidenceRow:
    result = one.result
    return EvidenceRow(
        service_id=one.service_id,
        suite=str(one.suite),
        result=result,
        counts=not one.code,
        code=one.code,
        fact=one.fact,
        changed=_changed(result, known.revisions.get(one.service_id)) if result else (),
        holder=(workspace.policy.trust.holder(result.key) or "") if result else "",
        file=file,
    )


def _changed(result: SuiteResult, now: Revision | None) -> tuple[str, ...]:
    """Names of the parts that differ from what was tested; none where those were only stated."""
    if now is None or not result.parts:
        return ()
    before = {part.name: part.digest for part in result.parts}
    after = {part.name: part.digest for part in now.source}
    names = before.keys() | after.keys()
    return tuple(sorted(name for name in names if before.get(name) != after.get(name)))

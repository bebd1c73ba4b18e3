"""What `evidence import REPORT.xml` does: a JUnit report of elsewhere becomes signed evidence.

A report names no revision. Whoever imports it says for which it was made, or lets the checkout speak:
then that must be exactly as committed.
"""

from __future__ import annotations

import hashlib
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tierline.cli import output
from tierline.cli.evidence import tell_kept
from tierline.cli.signing import signer_of
from tierline.conductor.keeping import add, shelf_of
from tierline.errors import TierlineError, UsageError
from tierline.evidence.attestation import attested
from tierline.evidence.content import Content
from tierline.evidence.git import head, is_dirty
from tierline.evidence.revisions import revisions
from tierline.evidence.suites.junit import NoReport, Report, read_junit
from tierline.facts.revision import UNKNOWN, Revision
from tierline.facts.testing import HowTested, Outcome, Seal, Suite, SuiteResult
from tierline.frozen import frozen
from tierline.mesh.clean import clean
from tierline.mesh.names import nearest_services, short_id
from tierline.regex import regex

if TYPE_CHECKING:
    from tierline.conductor.keeping import Signer
    from tierline.conductor.workspace import Workspace
    from tierline.mesh.model import Service

_REVISION = regex(r"[0-9a-f]{32}")


@frozen
class Stated:
    """What the caller says of a report. `revision` None: it is of the checkout as it is."""

    service: str | None
    suite: str
    revision: str | None
    environments: tuple[str, ...]
    key: str | None


def import_report(workspace: Workspace, file: Path, content: bytes, stated: Stated) -> int:
    """Sign and keep what the report says; UsageError where it says nothing, or of nobody knows what."""
    report = _report(file, content)
    service = _service(workspace, stated.service)
    now = revisions(
        workspace.root, workspace.mesh, [service.service_id], Content.below(workspace.root)
    )
    revision, bound = _bound(workspace, now[service.service_id], stated.revision)
    signer = signer_of(workspace, stated.key)
    result = SuiteResult(
        mesh=workspace.mesh.name,
        service_id=service.service_id,
        suite=Suite(stated.suite),
        revision=revision,
        environments=tuple(dict.fromkeys((workspace.environment, *stated.environments))),
        outcome=Outcome.FAILED if report.counts.failed else Outcome.PASSED,
        counts=report.counts,
        how=HowTested("junit", f"report {hashlib.sha256(content).hexdigest()[:16]}", bound=bound),
        signer=signer.name,
        key=signer.public,
        at=_made_at(file, report),
        parts=tuple(sorted(now[service.service_id].source)) if bound == "clean" else (),
        failures=report.failures,
        passes=report.passes,
        seal=Seal.GENUINE,
    )
    return _keep(workspace, result, signer)


def _keep(workspace: Workspace, result: SuiteResult, signer: Signer) -> int:
    kept = (result, attested(result, signer.private))
    for name in result.environments[1:]:
        add(shelf_of(workspace, name), [kept])
    names = add(shelf_of(workspace, workspace.environment), [kept])
    counts = result.counts
    output.note(
        f"{short_id(result.service_id)} {result.suite}: {counts.passed} passed, "
        f"{counts.failed} failed, {counts.skipped} skipped, signed by {result.signer}"
    )
    return tell_kept(workspace, names, [kept])


def _report(file: Path, content: bytes) -> Report:
    try:
        report = read_junit(content)
    except NoReport as error:
        raise UsageError(
            f"{clean(str(file), 200)} is no JUnit report: it {error}",
            code="evidence/no-report",
            fix="have the tool write JUnit XML, for example pytest --junitxml=report.xml",
        ) from error
    if not report.counts.run:
        raise UsageError(
            f"{clean(str(file), 200)} reports no test that was run ({report.counts.skipped} skipped)",
            code="evidence/no-tests",
            fix="a suite without tests shows nothing; write some",
        )
    return report


def _service(workspace: Workspace, name: str | None) -> Service:
    services = workspace.mesh.services
    if name is None:
        raise UsageError(
            "a JUnit report does not say of which service it is",
            code="evidence/no-service",
            fix="name it: --service M05",
        )
    found = next((one for one in services.values() if name in {one.service_id, one.short_id}), None)
    if found is None:
        close = nearest_services(name, services)
        raise UsageError(
            f"no service is called {clean(name)}",
            code="usage/service",
            fix=f"did you mean {' or '.join(close)}?" if close else "see tierline plan",
        )
    return found


def _bound(workspace: Workspace, now: Revision, stated: str | None) -> tuple[str, str]:
    """(source revision, how it is known); UsageError where nobody can say."""
    if stated is not None:
        if not _REVISION.fullmatch(stated):
            raise UsageError(
                f"{clean(stated, 80)} is no source revision",
                code="evidence/revision",
                fix="give the 32 digits that tierline test or evidence show --format json printed",
            )
        return stated, "stated"
    unknown = [part.name for part in now.source if part.digest == UNKNOWN]
    if unknown:
        raise _unbound(f"nobody can tell the revision here: {', '.join(unknown[:3])}")
    try:
        dirty, commit = is_dirty(workspace.root), head(workspace.root)
    except TierlineError as error:
        raise _unbound(error.message) from error
    if dirty:
        raise _unbound("the checkout has changes that are not committed")
    output.note(f"taken to be of what is checked out: commit {commit[:12]}, no changes")
    return now.source_id, "clean"


def _unbound(fact: str) -> UsageError:
    return UsageError(
        f"a JUnit report names no revision, and {fact}",
        code="evidence/unbound",
        fix="check out, unchanged, what was tested; or state it: --revision DIGEST",
    )


def _made_at(file: Path, report: Report) -> float:
    """When the report was made, by its own word or its file's time; never later than now."""
    return min(report.at or time.time(), file.stat().st_mtime, time.time())

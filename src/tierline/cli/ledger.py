"""What a person does to the ledger, between the arguments of a command and its words."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tierline.cli.session import local_history, local_store, user
from tierline.conductor.history import latest
from tierline.conductor.issues import issues_now
from tierline.errors import UsageError
from tierline.ledger.acts import NOTED, Act, with_acts
from tierline.ledger.identity import issue_id
from tierline.ledger.model import Deed, Issue, IssueState
from tierline.mesh.clean import clean

if TYPE_CHECKING:
    from tierline.conductor.workspace import Workspace
    from tierline.ledger.reach import Reach
    from tierline.policy.model import Waiver
    from tierline.store.protocol import Store

EXPORT = "docs/release-issues.md"
"""the ledger as a file of the mesh"""
RELEASE = "-"
"""the word for a release as a whole where a service is asked for"""
_LONGEST = 1000
"""characters of what a person says"""


def all_issues(workspace: Workspace) -> tuple[Issue, ...]:
    """All issues of the environment, oldest first; nothing is made or written."""
    with local_history(workspace) as store:
        return _now(store, workspace.environment)


def _now(store: Store, environment: str) -> tuple[Issue, ...]:
    newest = latest(store, environment)
    return issues_now(store, environment, newest[1] if newest else None)


def named_issue(issues: tuple[Issue, ...], word: str) -> Issue:
    """The issue whose id begins with a word, with or without `I-`. UsageError for none or several."""
    wanted = word.strip().lower().removeprefix("i-")
    found = [one for one in issues if one.id[2:].startswith(wanted)] if wanted else []
    if len(found) == 1:
        return found[0]
    near = ", ".join(one.id for one in found[:5])
    raise UsageError(
        f"{clean(word, 40)} is the begin of {len(found)} issues: {near}"
        if found
        else f"there is no issue {clean(word, 40)}",
        code="usage/issue",
        fix="take an id that this shows: tierline issues --all",
    )


def waivers_now(workspace: Workspace) -> tuple[Waiver, ...]:
    """Those of the policy that have not expired."""
    now = time.time()
    return tuple(one for one in workspace.policy.waivers if one.expires > now)


def reach_now(workspace: Workspace, issue: Issue) -> Reach | None:
    """How far an issue reaches in the mesh as it is; None for one that is of no service of it."""
    if issue.service_id not in workspace.mesh.services:
        return None
    from tierline.conductor.contexts import context_of
    from tierline.conductor.look import Look
    from tierline.ledger.reach import reach_of

    sheets = context_of(workspace, issue.service_id, "", Look()).sheets
    promises = tuple(one for sheet in sheets.values() for one in sheet.provides)
    return reach_of(workspace.mesh, issue.service_id, promises)


def added(workspace: Workspace, service: str, issue: Issue) -> tuple[Issue, bool]:
    """Keep an issue that a person noted of a service, or of a release (`-`); (it, whether it is new).

    The same words on the same service are one issue: it re-opens where it was closed.
    """
    name = "" if service == RELEASE else _service(workspace, service)
    message = _said(issue.message, "what is unresolved")
    now = time.time()
    identity = issue_id(workspace.environment, name, f"{NOTED}: {message}")
    fresh = replace(
        issue,
        id=identity,
        service_id=name,
        message=message,
        impact=issue.impact or _impact(workspace, name),
        next_action=issue.next_action or f"when it is solved: tierline issues close {identity}",
        opened_at=now,
        changed_at=now,
    )
    before = {one.id: one for one in all_issues(workspace)}.get(identity)
    if before is not None and before.state is IssueState.OPEN:
        return before, False
    deed = Deed.OPENED if before is None else Deed.REOPENED
    return _acted(workspace, Act(0, identity, deed, user(), now, message, fresh)), True


def _impact(workspace: Workspace, name: str) -> str:
    if not name:
        return "the release as a whole"
    count = len(workspace.mesh.graph.dependents.get(name, ()))
    tier = f"tier {workspace.mesh.services[name].tier}"
    return f"{tier}; {count} service{'' if count == 1 else 's'} of the mesh read{'s' if count == 1 else ''} its data"


def _service(workspace: Workspace, word: str) -> str:
    from tierline.mesh.names import full_ids, nearest_services

    names = workspace.mesh.services
    found = full_ids(word, names)
    if len(found) == 1:
        return found[0]
    near = found or nearest_services(word, tuple(names)) or tuple(names)[:5]
    raise UsageError(
        f"the mesh has no service {clean(word, 100)}",
        code="usage/service",
        fix=f"there is {', '.join(near)}; a release as a whole is called {RELEASE}",
    )


def assigned(workspace: Workspace, word: str, assignee: str) -> Issue:
    """Write down who takes an issue on."""
    issue = named_issue(all_issues(workspace), word)
    who = _said(assignee, "who takes it on")
    return _acted(workspace, Act(0, issue.id, Deed.ASSIGNED, user(), time.time(), who))


def closed(workspace: Workspace, word: str, reason: str) -> Issue:
    """Close an issue by hand; a rollout that finds the same trouble later opens it again."""
    issue = named_issue(all_issues(workspace), word)
    why = _said(reason, "why it may be closed")
    if issue.state is IssueState.CLOSED:
        raise UsageError(
            f"{issue.id} is closed already",
            code="usage/issue",
            fix=f"see when and why: tierline issues show {issue.id}",
        )
    at = max(time.time(), issue.changed_at)
    return _acted(workspace, Act(0, issue.id, Deed.CLOSED, user(), at, why))


def _acted(workspace: Workspace, act: Act) -> Issue:
    """The issue after an act, which is kept."""
    with local_store(workspace) as store:
        known = _now(store, workspace.environment)
        kept = replace(act, act_id=store.act(workspace.environment, act))
        found = {one.id: one for one in with_acts(known, (kept,))}
        return found[act.issue_id]


def _said(text: str, what: str) -> str:
    if text.strip():
        return clean(text.strip(), _LONGEST)
    raise UsageError(f"say {what}", code="usage/issue", fix="it must not be empty")


def exported(workspace: Workspace, file: Path | None, issues: tuple[Issue, ...]) -> Path:
    """Write the ledger as Markdown, by default into the mesh; returns where. UsageError if refused.

    A file that is no export of this environment is left alone, and no link of the mesh is followed.
    """
    from tierline.cli.writing import write_file
    from tierline.report.issues_markdown import first_line, issues_markdown
    from tierline.scaffold.changes import Change, make

    target = file or workspace.root / EXPORT
    head = first_line(workspace.environment)
    before = target.read_text(encoding="utf-8", errors="replace") if target.is_file() else None
    if before is not None and not before.startswith(head):
        raise UsageError(
            f"{clean(str(target), 200)} is not the ledger of {workspace.environment}",
            code="usage/file",
            fix="name another file: tierline issues export FILE",
        )
    text = issues_markdown(workspace.environment, issues)
    if file is not None:
        write_file(file, text)
    elif text != before:
        held = None if before is None else before.encode()
        make([Change(workspace.root, EXPORT, text.encode(), held)])
    return target

"""What `approve` does between its arguments and its exit code."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tierline.cli import output
from tierline.cli.plan_file import read_plan
from tierline.cli.session import clock_of, existing_plan, local_store, workspace_of
from tierline.cli.writing import write_file
from tierline.errors import UsageError
from tierline.evidence.authors import authorship
from tierline.evidence.keys import all_keys, keys_folder, private_key
from tierline.evidence.signatures import opened, signed
from tierline.facts.approval import Act, Statement
from tierline.facts.decision import Decision
from tierline.frozen import frozen
from tierline.plan.approval import AHEAD_SECONDS, consent
from tierline.plan.approval_codes import APPROVAL_CODES
from tierline.plan.approval_document import as_document
from tierline.plan.document import from_json, to_json
from tierline.policy.model import Demand
from tierline.regex import regex
from tierline.report.keys import key_id
from tierline.report.plan_text import plan_text

if TYPE_CHECKING:
    from tierline.conductor.place import Place
    from tierline.conductor.workspace import Workspace
    from tierline.evidence.keys import Key
    from tierline.facts.instant import Instant
    from tierline.plan.model import Plan
    from tierline.store.protocol import Store

_TICK = 1e-6
"""seconds; what a signed time can tell apart"""
_DIGITS = regex(r"[0-9a-f]{6,32}")


@frozen
class Asked:
    """The arguments of `approve`."""

    plan: str
    key: str | None
    withdraw: bool
    file: Path | None
    yes: bool
    form: str


def approve(place: Place, asked: Asked) -> int:
    """Show, ask, sign, keep; returns the exit code."""
    path = existing_plan((asked.plan,))
    plan = read_plan(path) if path else None
    if plan is not None and place.environment is None and "TIERLINE_ENV" not in os.environ:
        place = replace(place, environment=plan.environment)
    workspace = workspace_of(place)
    with local_store(workspace) as store:
        plan = plan or _stored(store, workspace, asked.plan)
        _refuse_elsewhere(workspace, plan)
        key = _key(workspace, asked.key)
        act = Act.WITHDRAW if asked.withdraw else Act.APPROVE
        at = _after_all_said(workspace, store, plan, key, act)
        statement = _statement(workspace, plan, key, act, at)
        _refuse_in_vain(workspace, plan, statement)
        _confirm(plan, statement, asked)
        document = signed(statement, private_key(keys_folder(os.environ), key.name))
        if asked.file is not None:
            write_file(asked.file, document)
        store.save_plan(plan.digest, to_json(plan))
        store.save_approval(plan.environment, plan.digest, document)
    _tell(statement, asked)
    return 0


def _stored(store: Store, workspace: Workspace, prefix: str) -> Plan:
    """The plan that begins so, of those that were kept; UsageError for none or several."""
    close = [one for one in store.plans() if one.startswith(prefix.lower())]
    if not _DIGITS.fullmatch(prefix.lower()) or len(close) != 1:
        fact = "several plans begin so" if len(close) > 1 else "no file, and no plan kept here"
        raise UsageError(
            f"{prefix}: {fact}",
            code="approve/no-plan",
            fix="name a plan file: tierline plan SELECTION -o FILE; or more digits of a digest, "
            f"and its --env (this is {workspace.environment})",
        )
    plan = from_json(store.load_plan(close[0]) or "")
    if plan.digest != close[0]:
        raise UsageError(
            f"{prefix}: the plan kept is another one",
            code="approve/no-plan",
            fix="plan again, and approve that plan's file: tierline plan SELECTION -o FILE",
        )
    return plan


def _refuse_elsewhere(workspace: Workspace, plan: Plan) -> None:
    here = (workspace.environment, workspace.mesh.name)
    if (plan.environment, plan.mesh) != here:
        raise UsageError(
            f"the plan is for {plan.mesh} in {plan.environment}, "
            f"and this is {workspace.mesh.name} in {workspace.environment}",
            code="approve/elsewhere",
            fix=f"go to that mesh, and give --env {plan.environment}",
        )


def _key(workspace: Workspace, name: str | None) -> Key:
    """The key named; else the only one, or the only one that the policy trusts."""
    found = all_keys(keys_folder(os.environ))
    if name is not None:
        found = tuple(one for one in found if one.name == name)
    if len(found) > 1:
        trust = workspace.policy.trust
        found = tuple(one for one in found if trust.holder(one.public)) or found
    if len(found) == 1:
        return found[0]
    listed = ", ".join(one.name for one in found)
    raise UsageError(
        f"several keys could sign: {listed}" if found else f"you have no key {name or ''}".rstrip(),
        code="key/unknown",
        fix="name one with --key" if found else "make one: tierline key new YOUR-NAME",
    )


def _after_all_said(workspace: Workspace, store: Store, plan: Plan, key: Key, act: Act) -> Instant:
    """Now, or later than all that this key said of the plan before: the latest word counts.

    An approval from the far future is none, so another does not go beyond it.
    """
    now = clock_of(workspace, store).now()
    known = map(opened, store.approvals(plan.environment, plan.digest))
    times = (one.at + _TICK for one in known if one.genuine and one.key == key.public)
    near = (at for at in times if act is Act.WITHDRAW or at <= now + AHEAD_SECONDS)
    return max((now, *near))


def _statement(workspace: Workspace, plan: Plan, key: Key, act: Act, at: Instant) -> Statement:
    return Statement(
        act=act,
        plan_digest=plan.digest,
        environment=plan.environment,
        mesh=plan.mesh,
        approver=workspace.policy.trust.holder(key.public) or key.name,
        key=key.public,
        at=at,
        genuine=True,
    )


def _refuse_in_vain(workspace: Workspace, plan: Plan, statement: Statement) -> None:
    """Refuse to sign what the policy at hand would not count; who wrote what, a rollout judges."""
    if statement.act is Act.WITHDRAW:
        _refuse_stranger(workspace, statement)
        return
    judged = consent(plan, workspace.policy, (statement,), None, statement.at)
    if judged.decision is Decision.GO:
        _warn_authors(workspace, plan, statement)
        return
    reason = judged.reasons[0]
    raise _in_vain(reason.code, reason.message)


def _refuse_stranger(workspace: Workspace, statement: Statement) -> None:
    """A withdrawal with a key that nobody trusts would take nothing back."""
    policy = workspace.policy
    if policy.demand("approval") is Demand.OFF or policy.trust.holder(statement.key):
        return
    message = f"the policy of {policy.environment} does not trust the key {key_id(statement.key)}"
    raise _in_vain("approval/key-not-trusted", message)


def _in_vain(code: str, message: str) -> UsageError:
    fix = next(one.fix for one in APPROVAL_CODES if one.code == code)
    return UsageError(
        f"nothing was signed, since it would not count: {message}", code=code, fix=fix
    )


def _warn_authors(workspace: Workspace, plan: Plan, statement: Statement) -> None:
    """This checkout may not be the one that is rolled out, so it only warns."""
    if workspace.policy.demand("independence") is Demand.OFF:
        return
    wrote = authorship(workspace.root, workspace.mesh, plan)
    for reason in consent(plan, workspace.policy, (statement,), wrote, statement.at).reasons:
        output.note(f"warning: from here it would not count: {reason.message}")


def _confirm(plan: Plan, statement: Statement, asked: Asked) -> None:
    verb = "Withdraw your approval of this" if asked.withdraw else "Approve this"
    if not asked.yes and not output.interactive():
        raise UsageError(
            "nobody is there to be asked",
            code="usage/needs-yes",
            fix="give --yes to go on without asking",
        )
    output.note(plan_text(plan, output.width()))
    if plan.decision is not Decision.GO and not asked.withdraw:
        output.note(f"the plan is {plan.decision}; an approval alone does not make it GO")
    if not asked.yes:
        output.confirm(f"{verb} as {statement.approver}?")


def _tell(statement: Statement, asked: Asked) -> None:
    if asked.form == "json":
        output.document(json.dumps(as_document(statement), indent=2))
        return
    verb = "withdrew the approval of" if asked.withdraw else "approved"
    place = f"plan {statement.plan_digest[:12]} of {statement.mesh} for {statement.environment}"
    output.show(f"{statement.approver} {verb} {place} (key {key_id(statement.key)})")
    brought = f" --approval {asked.file}" if asked.file else ""
    if not asked.withdraw:
        words = f"tierline rollout {asked.plan}{brought} --env {statement.environment}"
        output.note(f"next: {words}" if asked.plan.endswith(".json") else "next: the rollout again")

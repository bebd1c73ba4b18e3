"""Judges a workspace by the gates; a module of its own because `check` needs nothing else."""

from __future__ import annotations

from tierline.boundary.release import Crossing
from tierline.conductor.proof import known_results
from tierline.conductor.running import running_in
from tierline.conductor.workspace import Workspace
from tierline.contracts.files import is_shared
from tierline.contracts.proto import ProtoFacts
from tierline.evidence.content import Content
from tierline.evidence.contents import with_contents
from tierline.facts.instant import Instant
from tierline.facts.reference import ContractsThen, Then
from tierline.facts.scripts import OwnScripts
from tierline.facts.testing import KnownResults
from tierline.frozen import frozen
from tierline.readiness.check import check
from tierline.readiness.facts import GateFacts
from tierline.readiness.model import Check
from tierline.readiness.tested import suites_asked

_TESTS = "tests"

_PROTO = frozenset({"proto-lint", "proto-breaking", "proto-generated"})
_OPENAPI = "openapi-breaking"
COMPARING = _PROTO | {_OPENAPI, "event-breaking"}
"""gates that compare contracts with those of before"""


@frozen
class Brought:
    """What only some who ask have: `scripts`, what the mesh's own said, where somebody had them run;
    `crossing`, what a planned release meets."""

    scripts: OwnScripts | None = None
    crossing: Crossing | None = None


_NOTHING = Brought()


def checked(
    workspace: Workspace,
    only: frozenset[str] | None,
    now: Instant,
    content: Content | None = None,
    *,
    afresh: bool = False,
    brought: Brought = _NOTHING,
) -> Check:
    """Every gate, or those named; of a workspace whose services were judged when it was opened.

    The rest is as in `gathered`.
    """
    facts = gathered(workspace, only, now, content, afresh=afresh, brought=brought)
    return check(workspace.mesh, facts, workspace.policy, only, now)


def gathered(
    workspace: Workspace,
    only: frozenset[str] | None,
    now: Instant,
    content: Content | None = None,
    *,
    afresh: bool = False,
    brought: Brought = _NOTHING,
) -> GateFacts:
    """What the gates judge besides the mesh; waivers have no part in it.

    UsageError for a reference that git does not know. `content` may be handed on, so that no file
    is read twice. `afresh`: signatures are verified now, whatever was noted of them before; for
    what is about to be carried out.
    """
    if workspace.judged is None:
        raise RuntimeError("the workspace was opened without asking the gates")
    if workspace.gates is not None and not (only and only <= workspace.gates):
        raise RuntimeError("the workspace was opened for other gates")
    then = _then(workspace, only)
    tree = workspace.tree
    if isinstance(then, ContractsThen):
        tree = with_contents(workspace.root, tree, is_shared)
    facts = GateFacts(
        tree=tree,
        policy_defects=workspace.policy_defects,
        then=then,
        proto=_proto(workspace, only, then),
        tests=_tests(workspace, only, now, content, afresh),
        scripts=brought.scripts,
        crossing=brought.crossing,
        judged=workspace.judged,
        composed=workspace.composed,
        compose_files=workspace.compose_files,
    )
    if (only is None or _OPENAPI in only) and isinstance(then, ContractsThen):
        from tierline.evidence.openapi import with_openapi  # noqa: PLC0415 - few ask git

        return with_openapi(workspace.root, facts, then)
    return facts


def _then(workspace: Workspace, only: frozenset[str] | None) -> Then | None:
    """What the contracts said before, where a gate compares them or a person names a reference."""
    if only is not None and not only & COMPARING and not workspace.against:
        return None
    return before(workspace)


def before(workspace: Workspace) -> Then:
    """What the contracts of a workspace said before; UsageError for a reference that git does not know."""
    from tierline.evidence.reference import contracts_then  # noqa: PLC0415 - few ask git

    running = None if workspace.against else running_in(workspace)
    return contracts_then(workspace.root, workspace.tree.label, workspace.against, running)


def _proto(
    workspace: Workspace, only: frozenset[str] | None, then: Then | None
) -> ProtoFacts | None:
    gates = _PROTO if only is None else _PROTO & only
    if not gates or then is None:
        return None
    from tierline.evidence.proto import proto_facts  # noqa: PLC0415 - few ask buf

    return proto_facts(workspace.root, workspace.tree, then, gates)


def _tests(
    workspace: Workspace,
    only: frozenset[str] | None,
    now: Instant,
    content: Content | None,
    afresh: bool,
) -> KnownResults | None:
    """None where nobody asks."""
    if (only is not None and _TESTS not in only) or not suites_asked(workspace.policy):
        return None
    return known_results(workspace, now, content or Content.below(workspace.root), afresh=afresh)

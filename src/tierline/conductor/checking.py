"""Judges a workspace by the gates; a module of its own because `check` needs nothing else.

What only some gates need is imported when they are asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tierline.conductor.running import running_in
from tierline.conductor.workspace import Workspace
from tierline.evidence.content import Content
from tierline.evidence.contents import with_contents
from tierline.facts.instant import Instant
from tierline.facts.reference import ContractsThen, Then
from tierline.frozen import frozen
from tierline.mesh.tree import Tree
from tierline.readiness.check import check
from tierline.readiness.facts import GateFacts
from tierline.readiness.model import Check

if TYPE_CHECKING:
    from tierline.boundary.release import Crossing
    from tierline.contracts.proto import ProtoFacts
    from tierline.facts.externals import External
    from tierline.facts.former import FormerRevisions
    from tierline.facts.scripts import OwnScripts
    from tierline.facts.testing import KnownResults

_TESTS = "tests"
_OWNERS = "owners"
_MANIFESTS = "manifests"

_PROTO = frozenset({"proto-lint", "proto-breaking", "proto-generated"})
_OPENAPI = "openapi-breaking"
COMPARING = _PROTO | {_OPENAPI, "event-breaking"}
"""gates that compare contracts with those of before"""


@frozen
class Brought:
    """What only some who ask have: `scripts`, what the mesh's own said, where somebody had them run;
    `crossing`, what a planned release meets; `former`, what it would replace."""

    scripts: OwnScripts | None = None
    crossing: Crossing | None = None
    former: FormerRevisions | None = None


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
        from tierline.contracts.files import is_shared  # noqa: PLC0415 - few compare contracts

        tree = with_contents(workspace.root, tree, is_shared)
    tree = _with_promises(workspace, only, tree)
    facts = GateFacts(
        tree=tree,
        externals=_externals(workspace, only, now),
        policy_defects=workspace.policy_defects,
        then=then,
        proto=_proto(workspace, only, then),
        tests=_tests(workspace, only, now, content, afresh),
        scripts=brought.scripts,
        crossing=brought.crossing,
        former=brought.former,
        judged=workspace.judged,
        composed=workspace.composed,
        compose_files=workspace.compose_files,
    )
    if (only is None or _OPENAPI in only) and isinstance(then, ContractsThen):
        from tierline.evidence.openapi import with_openapi  # noqa: PLC0415 - few ask git

        return with_openapi(workspace.root, facts, then)
    return facts


def _externals(
    workspace: Workspace, only: frozenset[str] | None, now: Instant
) -> dict[str, External]:
    """What is known of services outside the mesh that the policy says how to ask about."""
    vouchers = workspace.policy.vouchers
    if not vouchers or (only is not None and _OWNERS not in only):
        return {}
    from tierline.evidence.externals import vouched_for  # noqa: PLC0415 - few policies name any

    named = {name for one in workspace.mesh.services.values() for name in one.externals}
    return vouched_for(named, vouchers, now)


def _with_promises(workspace: Workspace, only: frozenset[str] | None, tree: Tree) -> Tree:
    """With the OpenAPI documents of services whose probes ask what their own files do not show."""
    composed = workspace.composed or {}
    if (only is not None and _MANIFESTS not in only) or not any(
        one.asked for one in composed.values()
    ):
        return tree
    from tierline.readiness.manifests.promised import asked_in, documents_of  # noqa: PLC0415 - few ask

    asked = asked_in(composed)
    documents = documents_of(workspace.mesh, asked, tree)
    wanted = frozenset(path for paths in documents.values() for path in paths)
    return with_contents(workspace.root, tree, wanted.__contains__)


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
    if only is not None and _TESTS not in only:
        return None
    from tierline.conductor.proof import known_results  # noqa: PLC0415 - one gate needs it
    from tierline.readiness.tested import suites_asked  # noqa: PLC0415 - one gate needs it

    if not suites_asked(workspace.policy):
        return None
    return known_results(workspace, now, content or Content.below(workspace.root), afresh=afresh)

"""Whether people still agree as a rollout goes on: what was withdrawn, and who may agree instead."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from made.plans import mesh_of, policy_of, request_of, revision_of
from tierline.conductor.assent import assent, still_assented
from tierline.conductor.workspace import Workspace
from tierline.evidence.envelopes import public_key
from tierline.evidence.signatures import signed
from tierline.facts.approval import Act, Statement
from tierline.facts.decision import Decision
from tierline.mesh.tree import Tree
from tierline.plan.approval import Consent
from tierline.plan.build import build
from tierline.policy.model import Approver, Demand, Trust, TrustedKey
from tierline.store.memory import MemoryStore

pytestmark = pytest.mark.required("git")

KEYS = {
    name: Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)
    for number, name in enumerate(("ada", "eve", "bob"))
}
POLICY = replace(
    policy_of(),
    trust=Trust(
        keys=tuple(TrustedKey(name, public_key(key)) for name, key in KEYS.items()),
        approvers=tuple(Approver(name, (f"{name}@x.org",)) for name in KEYS),
    ),
    demands={"approval": Demand.REQUIRED, "independence": Demand.REQUIRED},
)
MESH = mesh_of({"M01-A": ()})
PLAN = build(request_of(MESH, policy=POLICY, revisions={"M01-A": revision_of("M01-A")}))
BEGAN = 1_800_000_000.0
LATER = BEGAN + 7200.0


def said(name: str, at: float, act: Act = Act.APPROVE) -> str:
    key = KEYS[name]
    statement = Statement(
        act, PLAN.digest, PLAN.environment, PLAN.mesh, name, public_key(key), at, genuine=True
    )
    return signed(statement, key)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A mesh whose only service eve wrote."""
    path = tmp_path / MESH.services["M01-A"].path
    path.mkdir(parents=True)
    (path / "main.py").write_text("x\n")
    who = ("-c", "user.name=eve", "-c", "user.email=eve@x.org", "-c", "commit.gpgsign=false")
    for words in (("init", "-q"), ("add", "-A"), (*who, "commit", "-q", "-m", "x")):
        subprocess.run(["git", *words], cwd=tmp_path, check=True, capture_output=True)
    return Workspace(tmp_path, Tree("mesh", {}), MESH, POLICY, ())


def begun(workspace: Workspace) -> tuple[MemoryStore, tuple[str, ...]]:
    """A rollout that ada approved; eve had said yes, too, which did not count: she wrote it."""
    store = MemoryStore()
    brought = (said("eve", BEGAN - 60), said("ada", BEGAN - 60))
    found = assent(workspace, store, PLAN, brought, BEGAN)
    assert (found.consent.decision, found.approvals) == (Decision.GO, brought[1:])
    return store, found.approvals


def goes_on(workspace: Workspace, store: MemoryStore, approvals: tuple[str, ...]) -> Consent:
    return still_assented(workspace, store, PLAN, approvals, (BEGAN, LATER))


def codes(consent: Consent) -> set[str]:
    return {one.code for one in consent.reasons}


def test_what_counted_as_it_began_counts_on(workspace: Workspace) -> None:
    store, approvals = begun(workspace)
    much_later = BEGAN + 1_000 * 3600
    found = still_assented(workspace, store, PLAN, approvals, (BEGAN, much_later))
    assert found.decision is Decision.GO


def test_what_an_author_says_does_not_stand_in_for_what_was_withdrawn(workspace: Workspace) -> None:
    store, approvals = begun(workspace)
    store.save_approval(PLAN.environment, PLAN.digest, said("ada", BEGAN + 60, Act.WITHDRAW))
    found = goes_on(workspace, store, approvals)
    assert (found.decision, codes(found)) == (
        Decision.HOLD,
        {"approval/withdrawn", "approval/by-author"},
    )


@pytest.mark.parametrize("name", ["ada", "bob"])
def test_it_goes_on_once_another_approval_came_long_after_it_began(
    workspace: Workspace, name: str
) -> None:
    store, approvals = begun(workspace)
    store.save_approval(PLAN.environment, PLAN.digest, said("ada", BEGAN + 60, Act.WITHDRAW))
    store.save_approval(PLAN.environment, PLAN.digest, said(name, LATER - 60))
    assert goes_on(workspace, store, approvals).decision is Decision.GO


def test_a_key_that_is_trusted_no_more_stops_it(workspace: Workspace) -> None:
    store, approvals = begun(workspace)
    trust = replace(POLICY.trust, keys=POLICY.trust.keys[1:])
    now = replace(workspace, policy=replace(POLICY, trust=trust))
    found = goes_on(now, store, approvals)
    assert found.decision is Decision.HOLD
    assert "approval/key-not-trusted" in codes(found)

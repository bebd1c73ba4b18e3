"""What a release meets: nothing where nothing runs, and only what was looked at and kept is known."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from made.plans import mesh_of, policy_of, request_of, revision_of
from tierline.boundary.model import Basis, Boundary, Fit
from tierline.boundary.release import Crossing
from tierline.conductor import crossing as crossing_module
from tierline.conductor.assess import Situation
from tierline.conductor.crossing import crossing_of, keep_contracts
from tierline.conductor.look import Look
from tierline.conductor.workspace import Workspace
from tierline.evidence.content import Content
from tierline.facts.observation import Instance, Phase, Seen
from tierline.mesh.tree import Tree
from tierline.plan.build import build

A, B = "M01-Account-Service", "M02-Billing-Service"
API = "contracts/openapi/M01-account-service.yaml"
TEXT = "openapi: 3.1.0\ninfo: {title: a, version: '1'}\npaths: {}\n"
BOUNDARY = Boundary(B, A, API, True)


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """B reads A's data over A's API."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "run"))
    root = tmp_path / "mesh"
    (root / API).parent.mkdir(parents=True)
    (root / API).write_text(TEXT)
    made = mesh_of({A: (), B: (A,)})
    services = {name: replace(one, path=f"services/{name}") for name, one in made.services.items()}
    return Workspace(root, Tree("mesh", {}), replace(made, services=services), policy_of(), ())


def running(name: str, revision: str) -> Seen:
    one = Instance(f"{name}.api.1", "api", revision, Phase.RUNNING)
    return Seen(name, (one,))


def crossing(workspace: Workspace, situation: Situation) -> Crossing:
    content = Content.below(workspace.root)
    return crossing_of(workspace, content, {A: revision_of(A)}, situation, 0.0)


def test_where_nobody_could_look_that_is_said_and_nothing_compared(workspace: Workspace) -> None:
    told = crossing(workspace, Situation(unseen="the supervisor does not answer"))
    assert told == Crossing(unseen="the supervisor does not answer")


def test_where_nothing_runs_nothing_is_met(workspace: Workspace) -> None:
    gone = Look({B: Seen(B, ())})
    assert crossing(workspace, Situation(look=gone)) == Crossing()


def test_what_runs_and_was_not_kept_is_unknown(workspace: Workspace) -> None:
    matrix = crossing(workspace, Situation(look=Look({B: running(B, "r" * 32)}))).matrix
    assert matrix is not None
    assert set(matrix.trouble) == {B}
    assert "were not kept" in matrix.trouble[B]
    assert matrix.ok(BOUNDARY, "r" * 32, revision_of(A).id) is Fit.UNKNOWN


def test_what_was_kept_is_compared_with_what_would_be(workspace: Workspace) -> None:
    revisions = {name: revision_of(name, "old") for name in (A, B)}
    crossing_module._folder(workspace).mkdir(parents=True)
    keep_contracts(workspace, build(request_of(workspace.mesh, revisions=revisions)))
    seen = {name: running(name, one.id) for name, one in revisions.items()}
    matrix = crossing(workspace, Situation(look=Look(seen))).matrix
    assert matrix is not None
    assert (matrix.trouble, matrix.running) == ({}, {n: one.id for n, one in revisions.items()})
    told = matrix.judgement(BOUNDARY, revisions[B].id, revision_of(A).id)
    assert (told.fit, told.basis) == (Fit.YES, Basis.SAME)


def test_several_revisions_of_one_service_are_no_revision(workspace: Workspace) -> None:
    both = replace(
        running(B, "r"), instances=(*running(B, "r").instances, *running(B, "q").instances)
    )
    matrix = crossing(workspace, Situation(look=Look({B: both}))).matrix
    assert matrix is not None
    assert matrix.trouble == {B: f"{B} runs, and not as one revision"}

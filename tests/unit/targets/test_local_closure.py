"""What is staged with a service, from what is known of its closure."""

import dataclasses

import pytest

from made.plans import mesh_of
from tierline.errors import PermanentError
from tierline.evidence.closure import Workspace
from tierline.mesh.defect import Place
from tierline.mesh.model import LocalModule
from tierline.targets.local.closure import Closure, closure_of

SERVICE = "services/a/m01"


@dataclasses.dataclass(frozen=True)
class Source:
    folders: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()
    known: bool = True
    workspace: Workspace = dataclasses.field(default=Workspace(("go 1",)))

    def of(self, service):
        return self


def staged(source, members=None):
    used = members and tuple(LocalModule("", path, Place("go.work")) for path in members)
    mesh = dataclasses.replace(mesh_of({"M01-A": ()}), workspace=used)
    service = dataclasses.replace(mesh.services["M01-A"], path=SERVICE)
    return closure_of(service, mesh, source)


def test_folders_inside_others_are_staged_with_them():
    found = staged(Source(("platform", "platform/go", "contracts")))
    assert found.folders == ("contracts", "platform", SERVICE)
    assert found.modules == ("platform", "platform/go", "contracts")


def test_an_unknown_closure_is_imported_from_by_nobody():
    assert staged(Source(("platform",), known=False)) == Closure(("platform", SERVICE))


def test_the_workspace_keeps_only_what_is_staged():
    members = ("platform/go", SERVICE, "services/a/m02")
    assert staged(Source(("platform",)), members).go_work == (
        f"go 1\nuse ./platform/go\nuse ./{SERVICE}\n"
    )
    assert staged(Source(("platform",)), ("services/a/m02",)).go_work == ""


def test_what_leads_out_of_the_mesh_is_refused():
    with pytest.raises(PermanentError) as caught:
        staged(Source(outside=("../elsewhere",)))
    assert caught.value.code == "build/escape"

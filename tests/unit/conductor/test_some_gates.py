"""Only some gates are asked: they find what they find among all, and nothing else is remembered."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tierline.conductor.checking import checked
from tierline.conductor.place import Place
from tierline.conductor.workspace import Workspace, open_workspace
from tierline.evidence.folder import Depth

GO_MESH = Path(__file__).parents[2] / "meshes" / "go-mesh" / "mesh"
GATES = ("structure", "config", "manifests", "compose", "index")


@pytest.fixture
def ill(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A mesh in which several gates find something, and a place to remember it."""
    root = tmp_path / "mesh"
    shutil.copytree(GO_MESH, root)
    folder = next(path.parent for path in sorted(root.glob("services/*/*/go.mod")))
    (folder / "Makefile").unlink()
    (folder / "configs/default.yaml").write_text("service: [")
    (folder / "deploy/k8s/service.yaml").write_text("apiVersion: v1\nkind: Service\n")
    (folder / "deploy/compose/service.compose.yaml").write_text("services: 7\n")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return root


def opened(root: Path, gates: frozenset[str] | None, *, cache: bool) -> Workspace:
    return open_workspace(Place(root_path=root, cache=cache), Depth.JUDGED, gates)


@pytest.mark.parametrize("cache", [False, True])
def test_a_gate_finds_alone_what_it_finds_among_others(ill: Path, *, cache: bool) -> None:
    whole = opened(ill, None, cache=False)
    found = 0
    for gate in GATES:
        only = frozenset({gate})
        alone = checked(opened(ill, only, cache=cache), only, 0.0)
        assert alone == checked(whole, only, 0.0)
        found += bool(alone.findings)
    assert found > 3
    assert checked(opened(ill, None, cache=cache), None, 0.0) == checked(whole, None, 0.0)


def test_gates_that_were_not_asked_say_nothing_rather_than_ok(ill: Path) -> None:
    workspace = opened(ill, frozenset({"structure", "index"}), cache=False)
    for others in (frozenset({"config"}), frozenset({"index", "config"}), None):
        with pytest.raises(RuntimeError, match="opened for other gates"):
            checked(workspace, others, 0.0)
    assert checked(workspace, frozenset({"index"}), 0.0).partial

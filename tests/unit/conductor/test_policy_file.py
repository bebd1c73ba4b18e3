"""Which policy files are read, and by what ways a mesh may not bring its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tierline.conductor.policy_file import read_policy_file
from tierline.errors import UsageError

TEXT = "version = 1\n[environments.eu]\nkind = 'local'\n"


@pytest.fixture
def mesh(tmp_path: Path) -> Path:
    for folder in ("mesh/ops", "outside"):
        (tmp_path / folder).mkdir(parents=True)
    for file in ("mesh/policy.toml", "mesh/ops/policy.toml", "outside/policy.toml", "policy.toml"):
        (tmp_path / file).write_text(TEXT)
    (tmp_path / "mesh/away").symlink_to("../outside")
    (tmp_path / "mesh/link.toml").symlink_to(tmp_path / "policy.toml")
    (tmp_path / "in.toml").symlink_to("mesh/policy.toml")
    (tmp_path / "chain.toml").symlink_to("mesh/link.toml")
    (tmp_path / "other").symlink_to("mesh")
    (tmp_path / "loop.toml").symlink_to("loop.toml")
    return tmp_path / "mesh"


@pytest.mark.parametrize(
    "way",
    [
        "mesh/policy.toml",
        "mesh/ops/policy.toml",
        "outside/../mesh/policy.toml",
        "mesh/link.toml",
        "mesh/away/policy.toml",
        "in.toml",
        "chain.toml",
        "other/policy.toml",
        "loop.toml",
        "mesh/absent.toml",
    ],
)
def test_what_lies_in_the_mesh_or_behind_it_is_no_policy(mesh: Path, way: str) -> None:
    with pytest.raises(UsageError, match="lies in the mesh") as caught:
        read_policy_file(mesh.parent / way, mesh)
    assert caught.value.code == "usage/policy-in-mesh"
    with pytest.raises(UsageError):
        read_policy_file(mesh.parent / way, mesh.parent / "other")


@pytest.mark.parametrize("way", ["policy.toml", "outside/policy.toml", "outside/../policy.toml"])
def test_what_lies_beside_the_mesh_is(
    mesh: Path, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = read_policy_file(mesh.parent / way, mesh)
    assert read is not None
    assert list(read.environments) == ["eu"]
    monkeypatch.setenv("TIERLINE_POLICY", str(mesh.parent / way))
    assert read_policy_file(None, mesh) == read
    monkeypatch.chdir(mesh.parent)
    assert read_policy_file(Path(way), mesh) == read


def test_a_variable_that_leads_into_the_mesh_is_refused_too(
    mesh: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIERLINE_POLICY", str(mesh / "policy.toml"))
    with pytest.raises(UsageError, match="lies in the mesh"):
        read_policy_file(None, mesh)


def test_without_a_file_there_is_none(mesh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TIERLINE_POLICY", raising=False)
    assert read_policy_file(None, mesh) is None


def test_a_token_is_beside_the_policy_file_and_never_in_the_mesh(tmp_path: Path) -> None:
    mesh = tmp_path / "mesh"
    mesh.mkdir()
    policy = tmp_path / "policy.toml"
    text = "version = 1\n[environments.eu.sources.logs]\nkind = 'loki'\nurl = 'http://l'\n{}\n"
    policy.write_text(text.format("token_file = 'loki.token'"))
    read = read_policy_file(policy, mesh)
    assert read is not None
    assert read.environments["eu"].access.sources[0].token_file == str(tmp_path / "loki.token")
    policy.write_text(text.format("token_file = 'mesh/token'"))
    with pytest.raises(UsageError, match=r"token .* lies in the mesh"):
        read_policy_file(policy, mesh)


def test_a_kubeconfig_is_beside_the_policy_file_and_never_in_the_mesh(tmp_path: Path) -> None:
    mesh = tmp_path / "mesh"
    mesh.mkdir()
    policy = tmp_path / "policy.toml"
    text = "version = 1\n[environments.eu]\ntarget = 'kubernetes'\nkubeconfig = '{}'\n"
    policy.write_text(text.format("kube/eu"))
    read = read_policy_file(policy, mesh)
    assert read is not None
    assert read.environments["eu"].access.kubeconfig == str(tmp_path / "kube/eu")
    policy.write_text(text.format("mesh/kube"))
    with pytest.raises(UsageError, match=r"kubeconfig .* lies in the mesh"):
        read_policy_file(policy, mesh)

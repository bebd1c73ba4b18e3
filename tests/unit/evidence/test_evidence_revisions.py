"""Parts of a revision: which change of a mesh moves which part of which service."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from made.plans import mesh_of
from tierline.evidence.content import Content
from tierline.evidence.revisions import revisions
from tierline.evidence.shipped import shipped_from
from tierline.evidence.toolchain import toolchain
from tierline.facts.revision import UNKNOWN, Revision, moved
from tierline.mesh.defect import Place
from tierline.mesh.model import LocalModule, Mesh, Module, Workload
from tierline.mesh.settings import Settings

A, B, C = "M01-Authentication-Service", "M02-Profile-Service", "M03-Feed-Service"
FILES = {
    "go.work": "go 1.22\nuse (\n\t./platform\n\t./services/x/b\n)\nreplace old => ./vendored // x\n",
    "go.work.sum": "sum\n",
    "platform/p.go": "package platform\n",
    "vendored/v.go": "package v\n",
    "contracts/c.go": "package contracts\n",
    "contracts/gen/go/go.mod": "module gen\n",
    "contracts/gen/go/stub.go": "package gen\n",
    "contracts/openapi/m01-authentication-service.v1.yaml": "openapi: 3.1.0\n",
    "contracts/proto/M02-Profile-Service/profile.proto": 'syntax = "proto3";\n',
    "contracts/events/user.created.json": "{}",
    "shared/python/s.py": "pass\n",
    "shared/python/pyproject.toml": "[tool.uv.sources]\nShared_Deep = { workspace = true }\n",
    "shared/deep/d.py": "pass\n",
    "tooling/t": "t",
}


def module(path: str, name: str, manifest: str, *local: str, requires: str = "") -> Module:
    place = Place(f"mesh/{path}/{manifest}")
    return Module(
        name,
        place,
        tuple(LocalModule("", folder, place) for folder in local),
        dict.fromkeys(requires.split(), "v1.0.0"),
    )


@pytest.fixture
def root(tmp_path: Path) -> Path:
    files = {
        **FILES,
        **{f"services/x/{name}/main": name for name in "abc"},
        **{f"services/x/{n}/configs/default.yaml": "url: ${URL}\n" for n in "abc"},
    }
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    return tmp_path


@pytest.fixture
def mesh() -> Mesh:
    """A is Go and replaces contracts; B is Go in go.work and requires platform; C is Python."""
    made = mesh_of({A: (), B: (A,), C: (B,)})
    paths = {A: "services/x/a", B: "services/x/b", C: "services/x/c"}
    services = {name: replace(made.services[name], path=path) for name, path in paths.items()}
    services[B] = replace(services[B], produces=("user.created",))
    services[C] = replace(
        services[C],
        consumes=("user.created",),
        workloads=(Workload("api", "python", "cmd/api/main.py"),),
    )
    modules = {
        "services/x/a": module("services/x/a", "m/a", "go.mod", "contracts"),
        "services/x/b": module("services/x/b", "m/b", "go.mod", requires="m/platform other"),
        "services/x/c": module("services/x/c", "c", "pyproject.toml", "shared/python"),
        "shared/python": module("shared/python", "sp", "pyproject.toml"),
        "shared/deep": module("shared/deep", "shared.deep", "pyproject.toml"),
        "platform": module("platform", "m/platform", "go.mod"),
        "contracts": module("contracts", "m/contracts", "go.mod"),
        "contracts/gen/go": module("contracts/gen/go", "gen", "go.mod"),
    }
    place = Place("mesh/go.work", 3)
    members = ("platform", "services/x/b")
    return replace(
        made,
        services=services,
        modules=modules,
        workspace=tuple(LocalModule("", path, place) for path in members),
        variables={"URL": "http://one"},
    )


def of(root: Path, mesh: Mesh) -> dict[str, Revision]:
    return dict(revisions(root, mesh, mesh.services))


def names(revision: Revision) -> list[str]:
    return [part.name for part in revision.source]


def test_the_parts_of_a_service_outside_go_work(root: Path, mesh: Mesh) -> None:
    assert names(of(root, mesh)[A]) == [
        "closure: contracts",
        "go.work.sum",
        "service tree",
        "toolchain: go",
    ]


def test_the_parts_of_a_member_of_go_work(root: Path, mesh: Mesh) -> None:
    assert names(of(root, mesh)[B]) == [
        "closure: platform",
        "closure: vendored",
        "contracts/events/user.created.json",
        "contracts/openapi/m01-authentication-service.v1.yaml",
        "contracts/proto/M02-Profile-Service/profile.proto",
        "go.work",
        "go.work.sum",
        "service tree",
        "toolchain: go",
    ]


def test_the_parts_of_a_python_service_follow_path_dependencies(root: Path, mesh: Mesh) -> None:
    assert names(of(root, mesh)[C]) == [
        "closure: shared/deep",
        "closure: shared/python",
        "contracts/events/user.created.json",
        "contracts/proto/M02-Profile-Service/profile.proto",
        "service tree",
        "toolchain: python",
    ]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("services/x/a/main", {A: ("service tree",)}),
        ("platform/p.go", {B: ("closure: platform",)}),
        ("contracts/c.go", {A: ("closure: contracts",)}),
        ("contracts/gen/go/stub.go", {}),
        ("shared/deep/d.py", {C: ("closure: shared/deep",)}),
        ("contracts/events/user.created.json", dict.fromkeys(
            (A, B, C), ("contracts/events/user.created.json",)
        ) | {A: ("closure: contracts",)}),
        ("go.work.sum", {A: ("go.work.sum",), B: ("go.work.sum",)}),
        ("tooling/t", {}),
        ("services/x/b/configs/default.yaml", {B: ("configs/default.yaml", "service tree")}),
    ],
)  # fmt: skip
def test_an_edit_moves_exactly_the_parts_that_hold_it(
    root: Path, mesh: Mesh, path: str, expected: dict[str, tuple[str, ...]]
) -> None:
    before = of(root, mesh)
    with (root / path).open("a") as file:
        file.write("# edited\n")
    after = of(root, mesh)
    found = {name: moved(before[name], after[name]) for name in before}
    assert {name: parts for name, parts in found.items() if parts} == expected


def test_a_new_member_of_go_work_moves_nobody_and_a_new_go_version_its_members(
    root: Path, mesh: Mesh
) -> None:
    before = of(root, mesh)
    (root / "go.work").write_text(FILES["go.work"].replace("(\n", "(\n\t./services/x/new\n"))
    assert of(root, mesh) == before
    (root / "go.work").write_text(FILES["go.work"].replace("go 1.22", "go 1.23"))
    after = of(root, mesh)
    assert moved(before[B], after[B]) == ("go.work",)
    assert after[A] == before[A]


def test_without_a_declaration_all_shared_folders_count(root: Path, mesh: Mesh) -> None:
    modules = {path: m for path, m in mesh.modules.items() if path != "services/x/c"}
    assert [
        name for name in names(of(root, replace(mesh, modules=modules))[C]) if "closure" in name
    ] == ["closure: contracts", "closure: platform", "closure: shared", "closure: vendored"]


def test_a_workspace_member_that_nobody_declares_makes_the_closure_unknown(
    root: Path, mesh: Mesh
) -> None:
    (root / "services/x/c/pyproject.toml").write_text(
        "[tool.uv.sources]\nnobody = { workspace = true }\n"
    )
    assert "closure: platform" in names(of(root, mesh)[C])


def test_a_dependency_on_the_mesh_itself_makes_the_closure_unknown(root: Path, mesh: Mesh) -> None:
    whole = module("services/x/c", "c", "pyproject.toml", ".")
    found = names(of(root, replace(mesh, modules={**mesh.modules, "services/x/c": whole}))[C])
    assert [n for n in found if "closure" in n] == [
        "closure: contracts", "closure: platform", "closure: shared", "closure: vendored"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("manifest", "closure"),
    [
        ('{"dependencies": {"a": "file:../../../platform", "b": "^1"}}', ["closure: platform"]),
        ('{"dependencies": {}}', []),
        ('{"dependencies": {"a": "workspace:*"}}', ["closure: contracts", "closure: platform",
                                                    "closure: shared", "closure: vendored"]),
        ("{", ["closure: contracts", "closure: platform", "closure: shared", "closure: vendored"]),
        ('{"dependencies": {"a": "file:../../../../x"}}', ["closure: ../x"]),
    ],
)  # fmt: skip
def test_node_services_say_what_they_build_from_in_package_json(
    root: Path, mesh: Mesh, manifest: str, closure: list[str]
) -> None:
    (root / "services/x/c/package.json").write_text(manifest)
    modules = {path: m for path, m in mesh.modules.items() if path != "services/x/c"}
    found = of(root, replace(mesh, modules=modules))[C]
    assert [part.name for part in found.source if part.name.startswith("closure")] == closure


def test_what_leaves_the_mesh_is_unknown(root: Path, mesh: Mesh) -> None:
    away = module("services/x/a", "m/a", "go.mod", "../elsewhere")
    found = of(root, replace(mesh, modules={**mesh.modules, "services/x/a": away}))[A]
    assert {p.name: p.digest for p in found.source}["closure: ../elsewhere"] == UNKNOWN


def test_every_variable_that_a_service_gets_counts(root: Path, mesh: Mesh) -> None:
    before = of(root, mesh)
    more = of(root, replace(mesh, variables={"URL": "http://one", "OTHER": "x"}))
    assert moved(before[A], more[A]) == ("variables",)
    after = of(root, replace(mesh, variables={"URL": "http://two"}))
    assert moved(before[A], after[A]) == ("variables",)
    assert "http" not in repr(before)
    unset = of(root, replace(mesh, variables={}))
    empty = of(root, replace(mesh, variables={"URL": ""}))
    assert unset[A].id != empty[A].id


def test_settings_of_a_service_move_its_configuration_only(root: Path, mesh: Mesh) -> None:
    before = of(root, mesh)
    settings = Settings(addresses={A: {"db_url": B}}, run={B: {"api": ("./run",)}})
    after = of(root, replace(mesh, settings=settings))
    assert moved(before[A], after[A]) == ("addresses",)
    assert moved(before[B], after[B]) == ("commands",)
    assert before[C] == after[C]
    assert after[A].source_id == before[A].source_id


def test_a_service_without_a_folder_has_a_revision_that_says_so(root: Path, mesh: Mesh) -> None:
    nowhere = replace(mesh.services[A], path="")
    found = of(root, replace(mesh, services={**mesh.services, A: nowhere}))[A]
    assert {p.name: p.digest for p in found.source}["service tree"] == "missing"


def test_a_missing_toolchain_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    toolchain.cache_clear()
    monkeypatch.setenv("PATH", "/nonexistent")
    try:
        assert toolchain("go") == "missing"
        assert toolchain("argv") == ""
    finally:
        toolchain.cache_clear()


@pytest.mark.required("go", "python3")
def test_toolchains_tell_their_version() -> None:
    assert toolchain("go").startswith("go version go1.")
    assert toolchain("python").startswith("Python 3.")


def test_how_a_service_is_deployed_is_none_of_its_source(tmp_path: Path) -> None:
    content = Content.below(tmp_path)
    folder = tmp_path / "services/a/M01-x"
    (folder / "deploy/k8s").mkdir(parents=True)
    (folder / "main.go").write_text("package main")
    before = shipped_from(content, "services/a/M01-x")
    (folder / "deploy/k8s/deployment.yaml").write_text("kind: Deployment")
    assert shipped_from(content.afresh(), "services/a/M01-x") == before
    (folder / "main.go").write_text("package other")
    assert shipped_from(content.afresh(), "services/a/M01-x") != before

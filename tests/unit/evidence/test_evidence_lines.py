"""Lines of findings from the disk: only of the mesh, only of files that hold no secrets as a whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from tierline.evidence.lines import FILE_LIMIT, lines_at
from tierline.evidence.repository import RepositoryPaths
from tierline.mesh.defect import Place


@pytest.fixture
def mesh(tmp_path: Path) -> Path:
    root = tmp_path / "shop"
    root.mkdir()
    return root


def line_of(root: Path, path: str, line: int = 1) -> str | None:
    place = Place(path, line, 1)
    return lines_at(root, [place]).get(place)


def test_the_line_that_a_place_names(mesh: Path) -> None:
    (mesh / "a.yaml").write_bytes(b"one: 1\r\ntwo: \xff2\nthree: 3")
    assert [line_of(mesh, "shop/a.yaml", n) for n in (0, 1, 2, 3, 4)] == [
        None,
        "one: 1",
        "two: \N{REPLACEMENT CHARACTER}2",
        "three: 3",
        None,
    ]


@pytest.mark.parametrize(
    "name", [".env", ".env.example", "prod.env", "tls.key", "x.pem", "secret.yaml", "secrets/a.txt"]
)
def test_nothing_is_shown_of_files_that_hold_secrets(mesh: Path, name: str) -> None:
    (mesh / name).parent.mkdir(exist_ok=True)
    (mesh / name).write_text("canary\n")
    assert line_of(mesh, f"shop/{name}") is None


def test_nor_of_a_kubernetes_secret(mesh: Path) -> None:
    (mesh / "all.yaml").write_text(
        "kind: Deployment\n---\nkind: Secret\nstringData:\n  a: canary\n"
    )
    assert line_of(mesh, "shop/all.yaml", 5) is None


def test_what_leaves_the_mesh_or_is_no_file_is_not_opened(mesh: Path) -> None:
    outside = mesh.parent / "outside"
    outside.write_text("canary\n")
    (mesh / "link").symlink_to(outside)
    (mesh / "large").write_bytes(b"x" * (FILE_LIMIT + 1))
    for path in ("shop/link", "shop/../outside", "outside", "shop/large", "shop", "shop/none"):
        assert line_of(mesh, path) is None


def test_paths_are_those_of_the_repository(tmp_path: Path) -> None:
    root = tmp_path / "repo" / "a" / "shop"
    root.mkdir(parents=True)
    shown = ["shop/go.work", "shop", "specs/x.yaml", "../../etc/x", "/etc/x"]

    def seen() -> list[str]:
        paths = RepositoryPaths(root)
        return [*map(paths, shown), paths.fallback]

    assert seen() == [
        "shop/go.work",
        "shop",
        "specs/x.yaml",
        "",
        "",
        "shop/services/services-index.yaml",
    ]
    (root.parents[1] / ".git").mkdir()
    assert seen()[:3] == ["a/shop/go.work", "a/shop", "a/specs/x.yaml"]
    (root / ".git").write_text("gitdir: elsewhere\n")
    assert seen() == ["go.work", "", "", "", "", "services/services-index.yaml"]

"""Programs are built once for one content of their module, or taken from a folder that is given."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from beds import builds
from beds.failure import BedError

pytestmark = pytest.mark.required("go")


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> builds.Module:
    """A module with one program, and a cache of this test's own."""
    monkeypatch.setenv(builds.CACHE, str(tmp_path / "cache"))
    folder = tmp_path / "small"
    (folder / "hello").mkdir(parents=True)
    (folder / "go.mod").write_text("module example.test/small\n\ngo 1.21\n")
    write(folder, "one")
    return builds.Module(folder, {"hello": "./hello"}, ready_made="GIVEN_ASSETS")


def write(folder: Path, said: str) -> None:
    (folder / "hello" / "main.go").write_text(
        f'package main\n\nfunc main() {{ print("{said}") }}\n'
    )


def said(program: Path) -> str:
    return subprocess.run([program], capture_output=True, text=True, check=True).stderr


def test_a_program_is_built_once_for_a_content(module: builds.Module) -> None:
    assert builds.not_built(module, ["hello"]) == ["hello"]
    first = builds.programs(module, ["hello"])["hello"]
    assert said(first) == "one"
    built = first.stat().st_mtime_ns
    assert builds.not_built(module, ["hello"]) == []
    assert builds.programs(module, ["hello"])["hello"].stat().st_mtime_ns == built
    write(module.folder, "two")
    assert builds.not_built(module, ["hello"]) == ["hello"]
    assert said(builds.programs(module, ["hello"])["hello"]) == "two"
    assert said(first) == "one"


def test_programs_that_are_given_are_used(
    module: builds.Module, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = tmp_path / "given"
    given.mkdir()
    monkeypatch.setenv("GIVEN_ASSETS", str(given))
    (given / "hello").write_text("#!/bin/sh\nprintf given >&2\n")
    assert builds.not_built(module, ["hello"]) == ["hello"]  # it may not be run
    (given / "hello").chmod(0o755)
    assert builds.not_built(module, ["hello"]) == []
    assert builds.programs(module, ["hello"]) == {"hello": given / "hello"}


def test_what_cannot_be_built_leaves_nothing(module: builds.Module) -> None:
    (module.folder / "hello" / "main.go").write_text("package main\n\nfunc main() { no }\n")
    with pytest.raises(BedError, match="go build ended with 1"):
        builds.programs(module, ["hello"])
    assert builds.not_built(module, ["hello"]) == ["hello"]

"""Go is read as Go: comments, strings and nesting do not fool the scan."""

from __future__ import annotations

import pytest

from tierline.mesh.go_source import go_imports, read_go


@pytest.mark.parametrize(
    ("text", "package", "functions"),
    [
        ("package a\nfunc Build() {}\n", "a", {"Build"}),
        ("package a\nfunc\tBuild\n(x int) {}\n", "a", {"Build"}),
        ("// package b\npackage a\n", "a", set()),
        ("/* package b */ package a; func F() {}", "a", {"F"}),
        ("package a\nfunc (t T) Build() {}\n", "a", set()),
        ("package a\nfunc Build[T any](x T) {}\n", "a", set()),
        ("package a\nvar f = func() { }\n", "a", set()),
        ("package a\nfunc F() { func() { }() }\nfunc G() {}", "a", {"F", "G"}),
        ('package a\nvar s = "func Build() {"\nfunc G() {}', "a", {"G"}),
        ("package a\nvar s = `\nfunc Build() {}\n`\nfunc G() {}", "a", {"G"}),
        ("package a\nvar c = '\\''\nvar d = '{'\nfunc G() {}", "a", {"G"}),
        ('package a\nvar s = "\\"" // {\nfunc G() {}', "a", {"G"}),
        ("package größe\nfunc Öffne() {}\n", "größe", {"Öffne"}),
        ("package a\r\nfunc Build() {}\r\n", "a", {"Build"}),
        ("", "", set()),
        ("package", "", set()),
        ("package a\nfunc", "a", set()),
        ("package a\n/* never closed func Build() {}", "a", set()),
        ("package a\nvar s = `never closed func Build() {}", "a", set()),
    ],
)
def test_package_and_functions(text: str, package: str, functions: set[str]) -> None:
    file = read_go(text)
    assert (file.package, file.functions) == (package, functions)


@pytest.mark.parametrize(
    ("text", "ignored"),
    [
        ("//go:build ignore\n\npackage a\n", True),
        ("// Copyright\n\n//go:build ignore\r\n\r\npackage a\r\n", True),
        ("//go:build linux\n\npackage a\n", False),
        ("package a\n//go:build ignore\n", False),
        ("// go:build ignore\npackage a\n", False),
    ],
)
def test_files_that_no_build_takes(text: str, ignored: bool) -> None:
    assert read_go(text).ignored is ignored


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('package a\nimport "a/b"\nimport c "c/d"\nimport . `e`\n', {"a/b", "c/d", "e"}),
        ('package a\nimport (\n\t"a" // "b"\n\t_ "c"; d "e"\n)\nvar s = "f"\n', {"a", "c", "e"}),
        ('package a\nimport ()\nvar s = "import (\'x\')"\nvar t = `import "y"`\n', set()),
        ('package a\n// import "b"\n/* import "c" */ import "d"\nconst e = "f"\n', {"d"}),
        ('package a\r\nimport "b"\r\n', {"b"}),
        ("package a\nimport", set()),
    ],
)
def test_the_paths_that_are_imported(text: str, expected: set[str]) -> None:
    assert go_imports(text) == expected

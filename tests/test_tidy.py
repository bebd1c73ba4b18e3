"""The habits that the code keeps, as tests; what a linter already judges is not repeated here."""

from __future__ import annotations

import ast
import io
import re
import subprocess
import tokenize
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
FILE_LINES, FUNCTION_LINES, PARAMETERS = 400, 50, 6
BANNED = {"util", "utils", "helper", "helpers", "common", "misc", "manager", "managers"}
TEMPLATES = ("src/tierline/scaffold/templates/", "tests/meshes/")
"""what tierline writes into a mesh, or reads as one: programs with rules of their own"""
MARKS = re.compile("|".join(("TO" + "DO", "FIX" + "ME", "X" * 3)))
PLACES = re.compile(
    r"(?<![\w.$}])/(?:work|root)/(?!dev/null)|/home/\w+|py(?:thonhosted|pi)\.org|registry\.npmjs|proxy\.golang"
)

Function = ast.FunctionDef | ast.AsyncFunctionDef

pytestmark = pytest.mark.required("git")


@cache
def tracked() -> tuple[str, ...]:
    """Every file of the repository that exists, relative to its root, with `/`."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True
    )
    return tuple(p for p in listed.stdout.split("\0") if p and (ROOT / p).is_file())


@cache
def sources(*folders: str) -> tuple[str, ...]:
    """Our own Python files below the folders, all of them when none is named."""
    ours = (p for p in tracked() if p.endswith(".py") and not p.startswith(TEMPLATES))
    return tuple(p for p in ours if not folders or p.startswith(folders))


@cache
def text(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


@cache
def parsed(path: str) -> ast.Module:
    return ast.parse(text(path), filename=path)


def functions(path: str) -> Iterator[Function]:
    return (n for n in ast.walk(parsed(path)) if isinstance(n, Function))


def none_of(findings: Iterator[str]) -> None:
    """Fail with every finding at once."""
    found = list(findings)
    assert not found, "\n" + "\n".join(found)


def test_there_is_something_to_judge() -> None:
    assert len(sources("src/")) > 30
    assert len(sources("tests/")) > 3


def test_a_file_has_at_most_400_lines() -> None:
    def findings() -> Iterator[str]:
        for path in sources():
            lines = text(path).count("\n")
            if lines > FILE_LINES:
                yield f"{path}: {lines} lines; split it along a concept"

    none_of(findings())


def test_a_function_has_at_most_50_lines() -> None:
    def findings() -> Iterator[str]:
        for path in sources():
            for node in functions(path):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > FUNCTION_LINES:
                    yield f"{path}:{node.lineno} {node.name}: {lines} lines"

    none_of(findings())


def test_a_function_has_at_most_6_parameters() -> None:
    def findings() -> Iterator[str]:
        for path in sources("src/", "tools/"):
            for node in functions(path):
                given = node.args.posonlyargs + node.args.args + node.args.kwonlyargs
                names = [argument.arg for argument in given if argument.arg not in {"self", "cls"}]
                if len(names) > PARAMETERS and not is_command(node):
                    yield f"{path}:{node.lineno} {node.name}: {len(names)} parameters"

    none_of(findings())


def is_command(node: Function) -> bool:
    """A command of the command line: its parameters are its options, whose number users decide."""
    return any("command" in ast.unparse(decorator) for decorator in node.decorator_list)


def test_no_module_is_named_after_nothing() -> None:
    def findings() -> Iterator[str]:
        for path in sources():
            words = set(re.split(r"[/_.]", path.removesuffix(".py")))
            if words & BANNED:
                yield f"{path}: name it after what it holds"

    none_of(findings())


def test_a_module_says_what_it_is_for_in_its_first_line() -> None:
    def findings() -> Iterator[str]:
        for path in sources():
            said = ast.get_docstring(parsed(path)) or ""
            first = said.partition("\n")[0]
            if len(first) < 20 or not first.endswith((".", "?")):
                yield f"{path}: first line {first!r}"

    none_of(findings())


def test_public_functions_say_what_they_do() -> None:
    """Those of a class may leave it to the class; a body of one statement speaks for itself."""

    def findings() -> Iterator[str]:
        for path in sources("src/", "tools/"):
            for node in parsed(path).body:
                if not isinstance(node, Function) or node.name.startswith("_"):
                    continue
                if not ast.get_docstring(node) and len(node.body) > 1:
                    yield f"{path}:{node.lineno} {node.name}"

    none_of(findings())


def test_an_error_with_a_code_says_what_to_do() -> None:
    errors = {"UsageError", "TemporaryError", "PermanentError", "Cut", "Silent", "Stranger"}
    several = "src/tierline/cli/refusing.py"
    """gives each of several problems its own fix"""

    def findings() -> Iterator[str]:
        for path in sources("src/"):
            for node in ast.walk(parsed(path)):
                if isinstance(node, ast.Call) and ast.unparse(node.func) in errors:
                    told = {word.arg for word in node.keywords}
                    if "code" in told and "fix" not in told and path != several:
                        yield f"{path}:{node.lineno} {ast.unparse(node)}"

    none_of(findings())


def test_nothing_is_left_for_later() -> None:
    def findings() -> Iterator[str]:
        for path in tracked():
            if not path.endswith((".py", ".md", ".toml", ".sh", "Makefile", ".ci/run")):
                continue
            for number, line in enumerate(text(path).splitlines(), 1):
                if MARKS.search(line):
                    yield f"{path}:{number}: {line.strip()}"

    none_of(findings())


def test_an_exception_from_a_check_gives_its_reason() -> None:
    allowed = re.compile(r"#\s*(?:noqa|type:\s*ignore|pyright:\s*ignore)[^#]*")
    reasoned = re.compile(r"(?:noqa:[^#]*?|ignore\[[^\]]*\]\s*#?)\s+[-—#:]?\s*\w[\w ',]{4,}")

    def findings() -> Iterator[str]:
        for path in sources("src/", "tools/", "benchmarks/"):
            for number, comment in comments(path):
                said = allowed.search(comment)
                if said and not reasoned.search(comment):
                    yield f"{path}:{number}: {comment}"

    none_of(findings())


def comments(path: str) -> Iterator[tuple[int, str]]:
    """Line number and text of every comment."""
    for token in tokenize.generate_tokens(io.StringIO(text(path)).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def test_a_test_that_is_left_out_says_why() -> None:
    def findings() -> Iterator[str]:
        for path in sources("tests/"):
            for node in ast.walk(parsed(path)):
                if not isinstance(node, ast.Call):
                    continue
                called = ast.unparse(node.func).removeprefix("pytest.").removeprefix("mark.")
                if called in {"skip", "xfail", "skipif", "importorskip"} and not said(node):
                    yield f"{path}:{node.lineno}: {called} without a reason"

    none_of(findings())


def said(call: ast.Call) -> bool:
    """Whether a call that leaves a test out gives a reason (`pytest.skip("...")` does)."""
    named = any(keyword.arg == "reason" for keyword in call.keywords)
    return named or (ast.unparse(call.func) == "pytest.skip" and bool(call.args))


def test_unit_tests_do_not_sleep() -> None:
    def findings() -> Iterator[str]:
        for path in sources("tests/unit/", "tests/properties/"):
            for node in ast.walk(parsed(path)):
                if not isinstance(node, ast.Call):
                    continue
                called = ast.unparse(node.func)
                waits = called == "time.sleep" or (
                    called == "asyncio.sleep" and ast.unparse(node.args[0]) not in {"0", "0.0"}
                )
                if waits and "pytest.mark.slow" not in text(path):
                    yield f"{path}:{node.lineno}: {called}"

    none_of(findings())


def test_no_file_names_one_machine_or_a_registry() -> None:
    def findings() -> Iterator[str]:
        for path in tracked():
            if path == "tests/test_tidy.py" or (ROOT / path).suffix in {".png", ".ico"}:
                continue
            content = (ROOT / path).read_text(encoding="utf-8", errors="replace")
            for number, line in enumerate(content.splitlines(), 1):
                if PLACES.search(line):
                    yield f"{path}:{number}: {line.strip()[:100]}"

    none_of(findings())


def test_every_dependency_is_pinned() -> None:
    pinned = {
        canonicalize_name(line.partition("==")[0])
        for line in text("constraints.txt").splitlines()
        if "==" in line
    }
    project = tomllib.loads(text("pyproject.toml"))
    declared = project["project"]["dependencies"] + project["dependency-groups"]["dev"]
    names = {canonicalize_name(Requirement(one).name) for one in declared}
    assert "click" in names
    assert not names - pinned


def test_links_in_documents_lead_somewhere() -> None:
    link = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)[^)]*\)|<img[^>]*src=\"([^\"]+)\"")

    def findings() -> Iterator[str]:
        for path in tracked():
            if not path.endswith(".md") or path.startswith(TEMPLATES) or "golden" in path:
                continue
            for match in link.finditer(text(path)):
                goal = match[1] or match[2]
                if not (ROOT / path).parent.joinpath(goal).exists():
                    yield f"{path}: {goal}"

    none_of(findings())

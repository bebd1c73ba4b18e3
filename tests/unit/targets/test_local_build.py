"""Builds by the real tools: what they make, and what they say when they fail."""

import asyncio
import os
import shutil
import subprocess

import pytest

from tierline.errors import PermanentError
from tierline.mesh.model import Workload
from tierline.targets.local.build import Job, Tools, build
from tierline.targets.local.closure import Closure
from tierline.targets.local.stage import copy_folders
from tierline.targets.words import clean, first_lines

SERVICE = "services/a/m01"


def write(root, files):
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)


def built(tmp_path, files, *workloads, closure=None, seconds=60.0):
    """Stage and build a one-service mesh; the workloads that came of it."""
    root, filling = tmp_path / "mesh", tmp_path / "filling"
    filling.mkdir()
    write(root, files)
    closure = closure or Closure((SERVICE,))
    copy_folders(root, closure.folders, filling / "mesh")
    if closure.go_work:
        (filling / "mesh/go.work").write_text(closure.go_work)
    final, artifacts = tmp_path / "final", tmp_path / "artifacts"
    job = Job("M01-A", SERVICE, workloads, closure, filling, final, artifacts, seconds)
    result = asyncio.run(build(job, Tools(dict(os.environ), tmp_path / "cache")))
    filling.rename(final)
    return {workload.name: workload for workload in result}


def failure(tmp_path, files, *workloads, **given):
    with pytest.raises(PermanentError) as caught:
        built(tmp_path, files, *workloads, **given)
    assert caught.value.code == "build/failed"
    return caught.value.message


PY_API = Workload("api", "python", "cmd/api/main.py")


def test_python_runs_from_the_staged_folder(tmp_path):
    files = {
        f"{SERVICE}/cmd/api/main.py": "import internal.app.boot, kit; print(kit.NAME)\n",
        f"{SERVICE}/internal/app/boot.py": "",
        "platform/src/kit.py": "NAME = 'shared'\n",
    }
    closure = Closure(("platform", SERVICE), ("platform",))
    api = built(tmp_path, files, PY_API, closure=closure)["api"]
    shutil.rmtree(tmp_path / "mesh")
    done = subprocess.run(
        api.argv,
        cwd=tmp_path / "final/mesh" / SERVICE,
        env=dict(api.env),
        check=False,
        capture_output=True,
    )
    assert done.stdout == b"shared\n", done.stderr


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("def f(:\n  pass\n", f"{SERVICE}/cmd/api/main.py:1: SyntaxError: invalid syntax"),
        (
            "import os\nfrom internal.app import boot\nimport internal.gone\n",
            f"{SERVICE}/cmd/api/main.py:3: No module named 'internal.gone'",
        ),
        ("import nowhere_at_all\n", "No module named 'nowhere_at_all'"),
        ("x = '\0'\n", "null bytes"),
        ("-" * 1_000_000 + "1\n", f"{SERVICE}/cmd/api/main.py"),
        ("(" * 10_000, "too many nested parentheses"),
    ],
)
def test_python_that_cannot_start_is_found_without_running_it(tmp_path, source, said):
    files = {
        f"{SERVICE}/cmd/api/main.py": source,
        f"{SERVICE}/internal/app/boot.py": "raise SystemExit('must not run')\n",
    }
    message = failure(tmp_path, files, PY_API)
    assert said in message
    assert str(tmp_path) not in message


def test_guarded_late_and_typing_imports_are_not_judged(tmp_path):
    source = (
        "from typing import TYPE_CHECKING\n"
        "if TYPE_CHECKING:\n    import missing_a\n"
        "try:\n    import missing_b\nexcept ImportError:\n    pass\n"
        "def f():\n    import missing_c\n"
    )
    assert built(tmp_path, {f"{SERVICE}/cmd/api/main.py": source}, PY_API)


def test_a_missing_entry_and_no_workload_are_failures(tmp_path):
    message = failure(tmp_path, {f"{SERVICE}/x.py": ""}, PY_API)
    assert message == f"{SERVICE}/cmd/api/main.py is missing"


def test_nothing_to_run_is_a_failure(tmp_path):
    assert "no workload" in failure(tmp_path, {f"{SERVICE}/x": ""})


GO_API = Workload("api", "go", "cmd/api/main.go")
GO_FILES = {
    f"{SERVICE}/go.mod": "module m/a\ngo 1.22\nrequire m/k v0.0.0\nreplace m/k => ../../../kit\n",
    f"{SERVICE}/cmd/api/main.go": 'package main\nimport "m/k"\nfunc main() { println(k.Name) }\n',
    f"{SERVICE}/cmd/worker/main.go": "package main\nfunc main() {}\n",
    "kit/go.mod": "module m/k\ngo 1.22\n",
    "kit/k.go": 'package k\nconst Name = "shared"\n',
}
needs_go = pytest.mark.required("go")


@needs_go
@pytest.mark.slow
def test_go_is_built_static_with_its_replaced_modules(tmp_path):
    worker = Workload("worker", "go", "cmd/worker/main.go")
    result = built(tmp_path, GO_FILES, GO_API, worker, closure=Closure(("kit", SERVICE)))
    done = subprocess.run(result["api"].argv, check=False, capture_output=True)
    assert done.stderr == b"shared\n"
    assert sorted(result) == ["api", "worker"]


@needs_go
def test_a_go_workspace_needs_no_replace(tmp_path):
    files = {**GO_FILES, f"{SERVICE}/go.mod": "module m/a\ngo 1.22\n"}
    work = f"go 1.22\nuse ./{SERVICE}\nuse ./kit\n"
    result = built(tmp_path, files, GO_API, closure=Closure(("kit", SERVICE), (), work))
    assert (
        subprocess.run(result["api"].argv, check=False, capture_output=True).stderr == b"shared\n"
    )


@needs_go
def test_the_go_compiler_is_quoted(tmp_path):
    files = {**GO_FILES, f"{SERVICE}/cmd/api/main.go": "package main\nfunc main() { nope() }\n"}
    with pytest.raises(PermanentError) as caught:
        built(tmp_path, files, GO_API, closure=Closure(("kit", SERVICE)))
    assert caught.value.code == "build/failed"
    assert caught.value.message == "cmd/api/main.go:2:15: undefined: nope"


def test_argv_needs_a_program_that_exists(tmp_path):
    files = {f"{SERVICE}/run.sh": "#!/bin/sh\n"}
    assert "no such program" in failure(tmp_path, files, Workload("api", "argv", "", ("./run.sh",)))


def test_argv_is_kept_as_it_is(tmp_path):
    workload = Workload("api", "argv", "", ("sh", "-c", "echo $X; y"))
    result = built(tmp_path, {f"{SERVICE}/x": ""}, workload)
    assert result["api"].argv == ("sh", "-c", "echo $X; y")


@pytest.mark.required("node")
def test_node_scripts_by_workload(tmp_path):
    files = {
        f"{SERVICE}/package.json": '{"scripts": {"api": "node main.js"}}',
        f"{SERVICE}/main.js": "console.log('up')",
    }
    api = built(tmp_path, files, Workload("api", "node", "package.json"))["api"]
    assert api.argv == ("/bin/sh", "-c", "node main.js")


@pytest.mark.required("node")
def test_node_syntax_errors_are_found(tmp_path):
    files = {
        f"{SERVICE}/package.json": '{"scripts": {"api": "node main.js"}}',
        f"{SERVICE}/main.js": "function (",
    }
    assert "SyntaxError" in failure(tmp_path, files, Workload("api", "node", "package.json"))


def test_a_tool_that_takes_too_long_is_ended(tmp_path):
    files = {f"{SERVICE}/cmd/api/main.py": ""}
    said = failure(tmp_path, files, PY_API, seconds=0.001)
    assert said.endswith("the Python check did not end within 0.001 s")


def test_what_a_tool_says_is_cleaned_and_cut():
    said = "# pkg\n\x1b[31m/tmp/stage/a.go:1: bad\x1b[0m\u202e\n\n" + "y" * 2000
    text = first_lines(said, {"/tmp/stage/": ""})
    assert text.startswith("a.go:1: bad; yyy")
    assert len(text) < 800
    assert clean("a\x1b]0;title\x07b\x9b") == "ab"

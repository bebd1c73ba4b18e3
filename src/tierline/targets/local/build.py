"""Turns a staged copy of a service into commands that start its workloads, language by language.

Knows nothing of ports, keys or plans. Builds read the staged copy only, so that an edit of the
checkout during a build changes nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import secrets
import shlex
import shutil
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from tierline.errors import PermanentError
from tierline.frozen import frozen
from tierline.mesh.model import Workload
from tierline.programs import Ended, run
from tierline.targets.local import pycheck
from tierline.targets.local.closure import Closure
from tierline.targets.local.stage import StagedWorkload
from tierline.targets.words import first_lines

_GO_VARIABLES = (
    "PATH", "HOME", "TMPDIR", "LANG", "GOPATH", "GOCACHE", "GOMODCACHE", "GOROOT",
    "GOPROXY", "GOSUMDB", "GONOSUMDB", "GOPRIVATE", "GONOPROXY", "GOTOOLCHAIN", "GOFLAGS",
    "XDG_CACHE_HOME", "HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy", "SSL_CERT_FILE",
    "SSL_CERT_DIR",
)  # fmt: skip
_MOST_NODE_FILES = 50


@frozen
class Job:
    """One service to build. `filling` is being filled, `final` is where it will run from."""

    service_id: str
    path: str
    workloads: tuple[Workload, ...]
    closure: Closure
    filling: Path
    final: Path
    artifacts: Path
    """where binaries of this source revision are kept for other configurations"""
    seconds: float

    @property
    def tree(self) -> Path:
        """The staged mesh."""
        return self.filling / "mesh"

    @property
    def shown(self) -> Mapping[str, str]:
        """How staged paths read in a message."""
        return {f"{self.tree}/": "", str(self.tree): "."}


@dataclass(slots=True)
class Tools:
    """What is found out once: the interpreter, the caller's environment."""

    environ: Mapping[str, str]
    cache: Path
    _python: str = ""
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def python(self) -> str:
        """The `python3` of PATH, shims resolved; else the one that runs tierline."""
        async with self._lock:
            if not self._python:
                self._python = await self._find_python()
        return self._python

    async def _find_python(self) -> str:
        found = shutil.which("python3", path=self.environ.get("PATH"))
        if found:
            ask = [found, "-I", "-c", "import sys; print(sys.executable)"]
            with contextlib.suppress(OSError):
                ended = await run(ask, Path("/"), self.environ, 10.0)
                answer = ended.output.strip()
                if ended.code == 0 and answer.startswith("/"):
                    return answer
        return sys.executable


async def build(job: Job, tools: Tools) -> tuple[StagedWorkload, ...]:
    """Build every workload. PermanentError (`build/failed`) carries the compiler's first lines."""
    by_language: dict[str, list[Workload]] = {}
    for workload in job.workloads:
        by_language.setdefault(workload.language, []).append(workload)
    if not by_language:
        raise failed(job, "it has no workload: no cmd/* and no [services.*.run]")
    built: dict[str, StagedWorkload] = {}
    for language, workloads in by_language.items():
        builder = _BUILDERS.get(language)
        if builder is None:
            raise failed(job, f"nothing here builds {language!r}")
        try:
            for staged in await builder(job, workloads, tools):
                built[staged.name] = staged
        except OSError as error:
            raise _refused(job, language, error) from error
    return tuple(built[workload.name] for workload in job.workloads)


def _refused(job: Job, language: str, error: OSError) -> PermanentError:
    """A tool that is not there is a fact of the machine, not of the service."""
    tool = str(error.filename or "")
    if isinstance(error, FileNotFoundError) and tool and "/" not in tool:
        return PermanentError(
            f"{tool} is not on PATH, and a service in {language} needs it (see tierline doctor)",
            code="build/no-tool",
            fix="tierline doctor says how to get it",
        )
    return failed(job, f"{error.strerror}: {error.filename}")


def failed(job: Job, detail: str) -> PermanentError:
    """A build that did not work."""
    return PermanentError(detail, code="build/failed", fix=f"mend {job.path} and plan again")


async def _build_go(
    job: Job, workloads: list[Workload], tools: Tools
) -> tuple[StagedWorkload, ...]:
    binaries = {workload.name: job.artifacts / workload.name for workload in workloads}
    if not all(binary.is_file() for binary in binaries.values()):
        await _compile_go(job, workloads, tools)
    target = job.filling / "bin"
    target.mkdir(mode=0o700, exist_ok=True)
    for name, binary in binaries.items():
        _place(binary, target / name)
    return tuple(
        StagedWorkload(name, (str(job.final / "bin" / name),)) for name in sorted(binaries)
    )


async def _compile_go(job: Job, workloads: list[Workload], tools: Tools) -> None:
    output = job.filling / "built"
    output.mkdir(mode=0o700)
    packages = {w.name: str(PurePosixPath(w.entry).parent) for w in workloads}
    argv = ["go", "build", "-trimpath", "-buildvcs=false", "-o", f"{output}/"]
    argv += [f"./{package}" for package in packages.values()]
    ended = await run(argv, job.tree / job.path, _go_env(job, tools), job.seconds)
    if ended.code != 0:
        raise failed(job, _said(job, "go build", ended))
    job.artifacts.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, package in packages.items():
        binary = output / PurePosixPath(package).name
        if not binary.is_file():
            raise failed(job, f"{package} is not a program: it has no package main")
        _keep(binary, job.artifacts / name)
    shutil.rmtree(output)


def _go_env(job: Job, tools: Tools) -> dict[str, str]:
    env = {name: tools.environ[name] for name in _GO_VARIABLES if name in tools.environ}
    env["CGO_ENABLED"] = "0"
    env["GOWORK"] = str(job.tree / "go.work") if job.closure.go_work else "off"
    if "HOME" not in env:
        env.setdefault("GOCACHE", str(tools.cache / "go-build"))
        env.setdefault("GOPATH", str(tools.cache / "go"))
    return env


async def _build_python(
    job: Job, workloads: list[Workload], tools: Tools
) -> tuple[StagedWorkload, ...]:
    python = await tools.python()
    check = [python, "-I", str(Path(pycheck.__file__)), str(job.tree), job.path]
    env = {"PATH": tools.environ.get("PATH", os.defpath)}
    modules = _importable(job)
    ended = await run([*check, *modules], job.tree, env, seconds=job.seconds)
    if ended.code != 0:
        raise failed(job, _said(job, "the Python check", ended))
    for workload in workloads:
        if not (job.tree / job.path / workload.entry).is_file():
            raise failed(job, f"{job.path}/{workload.entry} is missing")
    folders = (job.path, *modules)
    env = {
        "PYTHONPATH": os.pathsep.join(str(job.final / "mesh" / folder) for folder in folders),
        "PYTHONUNBUFFERED": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    return tuple(StagedWorkload(w.name, (python, w.entry), env) for w in workloads)


def _importable(job: Job) -> tuple[str, ...]:
    """The staged folders that Python imports shared modules from: `src` of them, if there is one."""
    found = (f"{m}/src" if (job.tree / m / "src").is_dir() else m for m in job.closure.modules)
    return tuple(found)


async def _build_node(
    job: Job, workloads: list[Workload], tools: Tools
) -> tuple[StagedWorkload, ...]:
    folder = job.tree / job.path
    scripts = _node_scripts(job, folder)
    built: list[StagedWorkload] = []
    for workload in workloads:
        script = scripts.get(workload.name)
        if not isinstance(script, str):
            raise failed(job, f"{job.path}/package.json has no script {workload.name!r}")
        built.append(StagedWorkload(workload.name, ("/bin/sh", "-c", script)))
    await _check_node(job, folder, tools)
    return tuple(built)


def _node_scripts(job: Job, folder: Path) -> dict[str, Any]:
    try:
        document: Any = json.loads((folder / "package.json").read_text(encoding="utf-8"))
        return dict(document["scripts"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise failed(job, f"{job.path}/package.json has no readable scripts") from error


async def _check_node(job: Job, folder: Path, tools: Tools) -> None:
    env = {"PATH": tools.environ.get("PATH", os.defpath)}
    for file in _node_files(folder):
        ended = await run(["node", "--check", str(file)], folder, env, job.seconds)
        if ended.code != 0:
            raise failed(job, _said(job, "node --check", ended))


def _node_files(folder: Path) -> list[Path]:
    found = (f for suffix in ("*.js", "*.mjs", "*.cjs") for f in sorted(folder.rglob(suffix)))
    return [file for file in found if "node_modules" not in file.parts][:_MOST_NODE_FILES]


async def _build_argv(
    job: Job, workloads: list[Workload], tools: Tools
) -> tuple[StagedWorkload, ...]:
    built: list[StagedWorkload] = []
    for workload in workloads:
        program, *rest = workload.argv or ("",)
        if not _is_program(job.tree / job.path, program, tools):
            raise failed(job, f"{shlex.join(workload.argv)[:200]!r}: there is no such program")
        built.append(StagedWorkload(workload.name, (program, *rest)))
    return tuple(built)


def _is_program(folder: Path, program: str, tools: Tools) -> bool:
    if "/" in program:
        return os.access(folder / program, os.X_OK) and (folder / program).is_file()
    return bool(program) and shutil.which(program, path=tools.environ.get("PATH")) is not None


def _said(job: Job, tool: str, ended: Ended) -> str:
    """The first lines of a tool's output; how it ended, if it said nothing or did not end."""
    if ended.code is None:
        return f"{tool} did not end within {job.seconds:g} s"
    said = first_lines(ended.output, job.shown)
    return said or f"{tool} ended with {ended.code} and said nothing"


def _keep(binary: Path, target: Path) -> None:
    """Move it there, also to another file system; a half written file never has that name."""
    beside = target.with_name(f".{target.name}.{os.getpid()}.{secrets.token_hex(4)}")
    shutil.move(binary, beside)
    beside.replace(target)


def _place(binary: Path, target: Path) -> None:
    """The same file under another name where the disk allows it, else a copy."""
    try:
        target.hardlink_to(binary)
    except OSError:
        shutil.copy2(binary, target)


_Builder = Callable[[Job, list[Workload], Tools], Awaitable[tuple[StagedWorkload, ...]]]
_BUILDERS: Mapping[str, _Builder] = {
    "go": _build_go,
    "python": _build_python,
    "node": _build_node,
    "argv": _build_argv,
}

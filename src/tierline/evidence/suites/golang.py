"""Go: `go test -json` of the packages of a suite, read event by event.

A package is of the integration or contract suite if it lies in that folder of `tests`; every other
package of the module with test files is of the unit suite, also beside the code that it tests.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from typing import Any

from tierline.evidence.suites.ran import MOST_NAMED, End, Job, Ran, ended
from tierline.evidence.toolchain import toolchain
from tierline.facts.testing import Counts, Suite
from tierline.programs import run

_NOT_BUILT = frozenset({"vendor", "testdata", "node_modules"})
_MOST_OUTPUT = 64 * 1024
_MOST_PACKAGES = 2000


def packages(job: Job) -> tuple[str, ...]:
    """The packages of the suite, as `./tests/unit`, sorted; none where it has no test file."""
    others = {job.folder / "tests" / other for other in Suite if other is not job.suite}
    top = job.folder if job.suite is Suite.UNIT else job.own
    found: list[str] = []
    for place, folders, files in os.walk(top):
        here = job.folder.joinpath(place)
        folders[:] = sorted(
            name
            for name in folders
            if name not in _NOT_BUILT
            and not name.startswith((".", "_"))
            and here / name not in others
            and not (here / name / "go.mod").exists()
        )
        if any(name.endswith("_test.go") and name[0] not in "._" for name in files):
            relative = here.relative_to(job.folder).as_posix()
            found.append("." if relative == "." else f"./{relative}")
    return tuple(sorted(found))[:_MOST_PACKAGES]


async def run_go(job: Job) -> Ran | None:
    """Run the suite; None where it has no test file. OSError where there is no go."""
    found = packages(job)
    if not found:
        return None
    argv = ("go", "test", "-json", "-count=1", f"-timeout={job.seconds:.0f}s", *found)
    work = str(job.root / "go.work") if job.member else "off"
    events = _Events()
    done = await run(argv, job.folder, {**job.environ, "GOWORK": work}, job.seconds, events.line)
    ran = Ran(
        "go",
        End.UNKNOWN,
        Counts(events.passed, len(events.failed), events.skipped),
        tuple(events.passes),
        tuple(events.failed)[:MOST_NAMED],
        argv,
        toolchain("go"),
        done.seconds,
        events.output() or done.output,
    )
    return ran if done.code is None else ended(ran, done.code)


@dataclass(slots=True)
class _Events:
    """What `go test -json` said so far (see `go doc test2json`)."""

    passes: list[str] = field(default_factory=list[str])
    failed: dict[str, None] = field(default_factory=dict[str, None])
    passed: int = 0
    skipped: int = 0
    _said: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    _size: int = 0
    _with_failures: set[str] = field(default_factory=set[str])

    def line(self, text: str) -> bool:
        """Take an event; whatever is none is left."""
        if not text.startswith("{"):
            return False
        try:
            event: Any = json.loads(text)
            action, package = str(event["Action"]), str(event.get("Package", ""))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return False
        test = event.get("Test")
        name = f"{package}.{test}" if test else package
        if action in {"output", "build-output"}:
            self._hear(name or str(event.get("ImportPath", "")), str(event.get("Output", "")))
        elif test:
            self._test(action, name, package)
        elif action == "fail" and package not in self._with_failures:
            self.failed[f"{package} (did not build or run)"] = None
        return True

    def _test(self, action: str, name: str, package: str) -> None:
        if action == "pass":
            self.passed += 1
            if len(self.passes) < MOST_NAMED:
                self.passes.append(name)
            self._said.pop(name, None)
        elif action == "fail":
            self.failed[name] = None
            self._with_failures.add(package)
        elif action == "skip":
            self.skipped += 1
            self._said.pop(name, None)

    def _hear(self, name: str, text: str) -> None:
        if self._size < _MOST_OUTPUT * 16:
            self._said.setdefault(name, []).append(text)
            self._size += len(text)

    def output(self) -> str:
        """What failed tests said; of a package without any, what it said itself."""
        tests = [name for name in self.failed if name in self._said]
        names = tests or list(self._said)
        text = "".join("".join(self._said[name]) for name in names)
        return text[-_MOST_OUTPUT:] if self.failed else ""

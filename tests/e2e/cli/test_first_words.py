"""What no command may import before its first words: each of these costs 10 to 200 ms.

Times are measured by benchmarks/startup.py; this finds what would spoil them on any machine.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tierline.scaffold.demo import write_demo

LATE = (
    "asyncio", "httpx2", "psutil", "pydantic", "rich", "sqlalchemy", "sqlite3", "subprocess",
    "tierline.conductor.loop", "tierline.context.model", "tierline.report.build",
    "tierline.rollout.state",
)  # fmt: skip
GIT = ("subprocess",)
"""contracts are compared with those of a commit, and git is a program"""
NEEDED = {
    "status": ("tierline.rollout.state",),
    **dict.fromkeys(("check", "ready", "plan", "rollout --target simulated --yes"), GIT),
}
CHILD = """
import json, sys
from tierline.cli import output
late, told = sys.argv.pop(1).split(","), sys.argv.pop(1)
def spied(tell):
    def telling(*words):
        if not seen:
            seen.append([name for name in late if name in sys.modules])
        return tell(*words)
    return telling
seen = []
for name in ("show", "note", "document"):
    setattr(output, name, spied(getattr(output, name)))
from tierline.cli.main import run
code = run(sys.argv[1:])
with open(told, "w") as file:
    json.dump([code, seen], file)
"""


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("first") / "demo"
    write_demo(folder)
    return folder


@pytest.mark.parametrize(
    "words",
    ["check", "ready", "plan", "status", "rollout --target simulated --yes", "explain structure"],
)
def test_nothing_heavy_comes_before_the_first_words(demo: Path, words: str, tmp_path: Path) -> None:
    told, late = (
        tmp_path / "told.json",
        [name for name in LATE if name not in NEEDED.get(words, ())],
    )
    here = Path(sys.executable).parent
    names = {"PATH": f"{here}{os.pathsep}{os.environ['PATH']}", "HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", CHILD, ",".join(late), str(told), *words.split()],
        cwd=demo, env=names, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert json.loads(told.read_text()) == [0, [[]]], done.stderr

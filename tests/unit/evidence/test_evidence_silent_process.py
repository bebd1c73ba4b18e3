"""Processes that answer nothing, or only a part: what they leave out is done by who asked."""

from __future__ import annotations

import os
import resource
from pathlib import Path

import pytest

from made.small_mesh import AUTH, FEED, PROFILE, folder, mesh_files
from tierline.evidence import workers
from tierline.evidence.folder import Around, Depth, Question, learn
from tierline.evidence.remembered import holding
from tierline.evidence.stamps import Stamp, stamp_of
from tierline.evidence.tree import Folder, Walk
from tierline.mesh.parse import parse_mesh
from tierline.mesh.service_folder import Asked
from tierline.mesh.tree import Tree
from tierline.policy.builtin import builtin
from tierline.policy.model import EnvironmentKind
from tierline.readiness.facts import surroundings

SILENT = ("-c", "import time; time.sleep(600)")
ENDED = ("-c", "pass")
ONE_ANSWER = ("-c", "print(end='\\x01')")


@pytest.fixture
def mesh(tmp_path: Path) -> Path:
    for path, text in mesh_files().items():
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return tmp_path


def asked_of(mesh: Path) -> tuple[Around, list[Question]]:
    tree = Tree("mesh")
    policy = builtin("local", EnvironmentKind.LOCAL, "local")
    around = Around(
        os.fsencode(mesh), surroundings(parse_mesh(tree), tree, policy), frozenset(), Depth.MESH
    )
    return around, [Question(Asked(folder(name))) for name in (AUTH, FEED, PROFILE)]


@pytest.mark.parametrize("command", [SILENT, ENDED])
def test_questions_that_no_process_answers_are_answered_here(
    mesh: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    monkeypatch.setattr(workers, "_COMMAND", command)
    monkeypatch.setattr(workers, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(workers, "PATIENCE", 2)
    around, questions = asked_of(mesh)
    expected = [learn(one, around) for one in questions]
    assert workers.learn_all(questions, around) == expected


def test_too_few_descriptors_for_processes(mesh: Path) -> None:
    around, questions = asked_of(mesh)
    expected = [learn(one, around) for one in questions]
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    taken = {int(one.name) for one in Path("/proc/self/fd").iterdir()}
    fifth = sorted(set(range(len(taken) + 5)) - taken)[4]
    resource.setrlimit(resource.RLIMIT_NOFILE, (fifth, before[1]))
    try:
        assert workers.learn_all(questions, around) == expected
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def stamp(place: Path) -> Stamp:
    noted: list[tuple[bytes, os.stat_result]] = []
    Walk(os.fsencode(place), lambda _: False, noted=noted).run(Folder("", os.fsencode(place), 0))
    found = stamp_of(os.fsencode(place), noted, 1 << 62)
    assert found is not None
    return found


@pytest.mark.parametrize("command", [None, SILENT, ENDED, ONE_ANSWER])
def test_stamps_that_no_process_compares_are_compared_here(
    mesh: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...] | None
) -> None:
    if command:
        monkeypatch.setattr(holding, "_COMMAND", command)
        monkeypatch.setattr(holding, "PATIENCE_SECONDS", 0.05)
    monkeypatch.setattr(holding, "MANY", 1)
    paths = [folder(name) for name in (AUTH, FEED, PROFILE)]
    stamps = [stamp(mesh / path) for path in paths]
    (mesh / paths[1] / "README.md").write_text("Other.\n")
    asked = [(os.fsencode(p), n, stamps[n].digest) for n, p in enumerate(paths)]
    comparing = holding.Comparing([one.names for one in stamps], asked, os.fsencode(mesh))
    assert comparing.answers() == [True, False, True]
    assert comparing.answers() == [True, False, True]

"""What a machine lacks, judged over facts: each row of the table, and what all of them decide."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tierline.facts.decision import Decision
from tierline.facts.machine import (
    Clock,
    Folder,
    Limits,
    Machine,
    Repository,
    Step,
    Taken,
    Tool,
)
from tierline.machine.examine import examine
from tierline.machine.model import Examination, Minimum, Needs, Outside

A, B = "M01-Alpha", "M02-Beta"
GIB = 1 << 30


def folder(role: str, **changed: Any) -> Folder:
    path = f"/s/{role}"
    found = Folder(
        role,
        path,
        f"XDG_{role.upper()}_HOME",
        (Step(path, 7, 0o700),),
        path,
        free_bytes=9 * GIB,
        free_inodes=10**6,
        file_system="ext4",
    )
    return replace(found, **changed)


FOLDERS = {role: folder(role) for role in ("state", "runtime", "cache")}
WELL = Machine(
    system="Linux 6.1",
    user=7,
    python="3.12.1",
    tools={
        "git": Tool("/usr/bin/git", "2.43.0"),
        "go": Tool("/usr/bin/go", "1.26.1"),
        "python3": Tool("/usr/bin/python3", "3.12.1"),
        "node": Tool("/usr/bin/node", "22.1.0"),
        "docker": Tool("/usr/bin/docker", "28.0.1"),
        "compose": Tool("/usr/bin/docker", "2.40.2"),
        "kubectl": Tool("/usr/bin/kubectl", "1.34.0"),
        "buf": Tool("/usr/bin/buf", "1.50.0"),
        "oasdiff": Tool("/usr/bin/oasdiff", "1.35.0"),
    },
    folders=FOLDERS,
    clock=Clock(True, 0.0, 0.0, 0.0),
    limits=Limits(4096, 8192, None, 10, 8 * GIB),
    loopback="",
    taken={},
    free_ports=12_000,
    repository=Repository(found=True, missing=0),
    encoding="UTF-8",
)
LOCAL = Needs(
    mesh="shop",
    environment="local",
    target="local",
    named=True,
    services=(A, B),
    languages={"go": (A,), "python": (B,)},
    minimum={"go": Minimum("1.24", A), "python": Minimum("3.11", B)},
    ports={8080: (A, B)},
)
COMPOSE = replace(LOCAL, environment="ci", target="compose")


def amiss(found: Examination) -> dict[str, tuple[str, str]]:
    """id -> (status, fact) of every point that is not ok."""
    return {p.id: (str(p.status), p.fact) for p in found.points if str(p.status) != "ok"}


def with_tool(name: str, tool: Tool) -> Machine:
    return replace(WELL, tools={**WELL.tools, name: tool})


def with_folder(role: str, **changed: Any) -> Machine:
    return replace(WELL, folders={**FOLDERS, role: folder(role, **changed)})


def test_a_machine_that_has_everything_is_go() -> None:
    found = examine(WELL, LOCAL)
    assert amiss(found) == {}
    assert found.decision is Decision.GO
    assert found.not_needed == ("node", "docker", "compose", "kubectl", "buf", "oasdiff")


def test_without_a_mesh_nothing_is_required_and_everything_is_looked_at() -> None:
    bare = Machine("Linux 6.1", 7, "3.12.1", folders={}, homeless="no HOME")
    found = examine(bare, Needs())
    assert found.decision is Decision.GO
    assert not any(point.required for point in found.points)
    assert found.not_needed == ()
    assert {"git", "go", "docker", "compose", "kubectl", "buf"} <= amiss(found).keys()


OLD_GO = Tool("/usr/bin/go", "1.22.5")
MISSING = Tool()
CASES: dict[str, tuple[Machine, Needs, dict[str, tuple[str, str]], Decision]] = {
    "go is missing": (
        with_tool("go", MISSING),
        LOCAL,
        {"go": ("fail", "not on PATH")},
        Decision.NO_GO,
    ),
    "go is too old": (
        replace(with_tool("go", OLD_GO), fetches_go=False),
        LOCAL,
        {"go": ("fail", f"1.22.5 (/usr/bin/go) is older than 1.24, as {A} asks")},
        Decision.NO_GO,
    ),
    "go is too old and would fetch another": (
        replace(with_tool("go", OLD_GO), fetches_go=True),
        LOCAL,
        {"go": ("unknown", (f"1.22.5 (/usr/bin/go) is older than 1.24, as {A} asks; "
                           "go would fetch that at the build, if it may"))},
        Decision.HOLD,
    ),
    "go hangs": (
        with_tool("go", Tool("/usr/bin/go", silent=True)),
        LOCAL,
        {"go": ("unknown", "it did not answer in time")},
        Decision.HOLD,
    ),
    "git is missing": (
        with_tool("git", MISSING),
        LOCAL,
        {"git": ("warn", "not on PATH")},
        Decision.GO,
    ),
    "without a python3 tierline's own serves": (with_tool("python3", MISSING), LOCAL, {}, Decision.GO),
    "no service is in Go": (
        with_tool("go", MISSING),
        replace(LOCAL, languages={"python": (B,)}),
        {},
        Decision.GO,
    ),
    "docker is not needed locally": (with_tool("docker", MISSING), LOCAL, {}, Decision.GO),
    "the engine does not answer": (
        with_tool("docker", Tool("/usr/bin/docker", trouble="Cannot connect")),
        COMPOSE,
        {
            "target": ("fail", "ci runs on target compose; this version conducts local, simulated"),
            "docker": ("fail", "/usr/bin/docker: Cannot connect"),
        },
        Decision.NO_GO,
    ),
    "compose is too old": (
        with_tool("compose", Tool("/usr/bin/docker", "2.29.7")),
        COMPOSE,
        {
            "target": ("fail", "ci runs on target compose; this version conducts local, simulated"),
            "compose": ("fail", ("2.29.7 (/usr/bin/docker) is older than 2.40.2: older ones "
                                "follow include and extends out of a mesh")),
        },
        Decision.NO_GO,
    ),
    "contracts without their tools": (
        replace(WELL, tools={**WELL.tools, "buf": MISSING, "oasdiff": MISSING}),
        replace(LOCAL, contracts=frozenset({"buf"})),
        {"buf": ("warn", "not on PATH")},
        Decision.GO,
    ),
    "a program that tierline.toml names": (
        with_tool("ruby", MISSING),
        replace(LOCAL, programs={"ruby": (B,), "go": (A,)}),
        {"program": ("fail", "ruby is not on PATH; [services.*.run] of tierline.toml names it")},
        Decision.NO_GO,
    ),
    "the state folder is another's": (
        with_folder("state", steps=(Step("/s/state", 8, 0o700),)),
        LOCAL,
        {"state": ("fail", "/s/state belongs to user 8, not to us (7)")},
        Decision.NO_GO,
    ),
    "the state folder is open": (
        with_folder("state", steps=(Step("/s/state", 7, 0o755),)),
        LOCAL,
        {"state": ("fail", "/s/state is open to others (0755)")},
        Decision.NO_GO,
    ),
    "the state folder is a link": (
        with_folder("state", steps=(Step("/s/state", 7, 0o777, is_folder=False),)),
        LOCAL,
        {"state": ("fail", "/s/state is a link or no folder")},
        Decision.NO_GO,
    ),
    "the cache cannot be written": (
        with_folder("cache", trouble="Read-only file system"),
        LOCAL,
        {"cache": ("fail", "/s/cache cannot be written: Read-only file system")},
        Decision.NO_GO,
    ),
    "no journal on a network disk": (
        with_folder("state", stores="SQLite has no write-ahead log there", file_system="nfs4"),
        LOCAL,
        {"journal": ("fail", "SQLite has no write-ahead log there: /s/state (nfs4)")},
        Decision.NO_GO,
    ),
    "no socket": (
        with_folder("runtime", meets="no socket works there: Operation not permitted"),
        LOCAL,
        {"socket": ("fail", "/s/runtime: no socket works there: Operation not permitted")},
        Decision.NO_GO,
    ),
    "hardly any room": (
        with_folder("state", free_bytes=1 << 20),
        LOCAL,
        {"state": ("fail", "/s/state, 1 MiB free")},
        Decision.NO_GO,
    ),
    "little room": (
        with_folder("state", free_bytes=200 << 20, free_inodes=1_500),
        LOCAL,
        {"state": ("warn", "/s/state, 200 MiB free, 1500 inodes free")},
        Decision.GO,
    ),
    "a folder that hangs": (
        replace(WELL, folders={role: FOLDERS[role] for role in ("runtime", "cache")}),
        LOCAL,
        {"state": ("unknown", "the file system did not answer in time")},
        Decision.HOLD,
    ),
    "no home": (
        replace(WELL, folders={}, homeless="neither XDG_STATE_HOME nor HOME is set"),
        LOCAL,
        {"home": ("fail", "neither XDG_STATE_HOME nor HOME is set")},
        Decision.NO_GO,
    ),
    "a folder does not matter where services run elsewhere": (
        with_folder("state", trouble="Read-only file system"),
        replace(LOCAL, target="simulated"),
        {"state": ("warn", "/s/state cannot be written: Read-only file system")},
        Decision.GO,
    ),
    "no loopback": (
        replace(WELL, loopback="127.0.0.1 does not answer: Network is unreachable"),
        LOCAL,
        {"loopback": ("fail", "127.0.0.1 does not answer: Network is unreachable")},
        Decision.NO_GO,
    ),
    "loopback hangs": (
        replace(WELL, loopback=None),
        LOCAL,
        {"loopback": ("unknown", "it did not answer in time")},
        Decision.HOLD,
    ),
    "a port is taken": (
        replace(WELL, taken={8080: Taken(42, "nginx"), 9: Taken()}),
        LOCAL,
        {"port": ("warn", ("8080 is taken by nginx (pid 42); services are given free ports in "
                          "HTTP_PORT, GRPC_PORT and configs/default.yaml, so only one that reads "
                          "neither fails"))},
        Decision.GO,
    ),
    "no ports are left": (
        replace(WELL, free_ports=3),
        LOCAL,
        {"ports": ("fail", "3 to give, 9 wanted")},
        Decision.NO_GO,
    ),
    "few descriptors, processes, memory": (
        replace(WELL, limits=Limits(64, 64, 50, 40, 1 << 20)),
        LOCAL,
        {
            "descriptors": ("warn", "at most 64, about 152 wanted"),
            "processes": ("warn", "10 more may run, about 112 wanted"),
            "memory": ("warn", "1 MiB available, about 320 MiB wanted"),
        },
        Decision.GO,
    ),
    "the clock went back": (
        replace(WELL, clock=Clock(True, 120.0, -5.0, 0.0)),
        LOCAL,
        {"clock": ("warn", ("the journal was written 120 s in the future of this clock; the state "
                           "folder's file system dates files -5 s apart from it"))},
        Decision.GO,
    ),
    "the clock is alone": (
        replace(WELL, clock=Clock(False)),
        LOCAL,
        {"clock": ("warn", "not synchronized by NTP")},
        Decision.GO,
    ),
    "no git repository": (
        replace(WELL, repository=Repository(trouble="/m is not in a git repository")),
        LOCAL,
        {"repository": ("warn", "/m is not in a git repository")},
        Decision.GO,
    ),
    "a shallow clone of a mesh with a name": (
        replace(WELL, repository=Repository(found=True, shallow=True)),
        LOCAL,
        {"repository": ("warn", "the clone is shallow")},
        Decision.GO,
    ),
    "a shallow clone of a mesh without a name": (
        replace(WELL, repository=Repository(found=True, shallow=True)),
        replace(LOCAL, named=False),
        {"repository": ("fail", ("the clone is shallow, so its first commit, by which a mesh is "
                                "known, is cut off"))},
        Decision.NO_GO,
    ),
    "a history with holes": (
        replace(WELL, repository=Repository(found=True, missing=2)),
        LOCAL,
        {"repository": ("warn", ("objects of its newest commits are missing: 2"))},
        Decision.GO,
    ),
    "a database that is not there, another that is elsewhere": (
        replace(WELL, answers={"127.0.0.1:5432": "127.0.0.1:5432: nobody listens"}),
        replace(LOCAL, addresses={"127.0.0.1:5432": Outside("postgres_url", (A,))}),
        {"infrastructure": ("warn", "postgres_url: 127.0.0.1:5432: nobody listens")},
        Decision.GO,
    ),
    "a mesh that cannot be used": (
        WELL,
        Needs("shop", "local", trouble="tierline.toml cannot be used", fix="correct it"),
        {"mesh": ("fail", "tierline.toml cannot be used")},
        Decision.NO_GO,
    ),
    "another system": (
        replace(WELL, system="Darwin 24", lacks=("Linux", "/proc")),
        LOCAL,
        {"system": ("fail", "Darwin 24 lacks Linux, /proc")},
        Decision.NO_GO,
    ),
    "an odd locale and PATH": (
        replace(WELL, encoding="ANSI_X3.4-1968", relative=(".", "")),
        LOCAL,
        {"locale": ("warn", "ANSI_X3.4-1968"), "path": ("warn", "PATH has relative entries: '.', ''")},
        Decision.GO,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_what_is_amiss_is_said_and_nothing_else(name: str) -> None:
    machine, needs, expected, decision = CASES[name]
    found = examine(machine, needs)
    assert amiss(found) == expected
    assert found.decision is decision


@pytest.mark.parametrize("name", CASES)
def test_whatever_is_amiss_has_a_way_to_mend_it_and_says_what_for(name: str) -> None:
    machine, needs, *_ = CASES[name]
    for point in examine(machine, needs).points:
        assert point.fact
        assert point.needed_for
        assert bool(point.fix) == (str(point.status) != "ok"), point


def test_externals_that_do_not_answer_are_told_together() -> None:
    needs = replace(
        LOCAL,
        addresses={
            "127.0.0.1:7": Outside("X01-There", (A,), external=True),
            "127.0.0.1:8": Outside("X02-Gone", (A, B), external=True),
            "far.example:9": Outside("X03-Far", (B,), external=True),
        },
    )
    answers = {"127.0.0.1:7": "", "127.0.0.1:8": "127.0.0.1:8: nobody listens"}
    found = examine(replace(WELL, answers=answers), needs)
    assert amiss(found) == {
        "external": (
            "warn",
            (
                "externals that do not answer on this machine: X02-Gone (127.0.0.1:8), "
                "X03-Far (far.example:9)"
            ),
        )
    }


def test_what_is_elsewhere_is_unknown_and_decides_nothing() -> None:
    needs = replace(LOCAL, addresses={"db.example:5432": Outside("postgres_url", (A,))})
    found = examine(WELL, needs)
    assert amiss(found) == {
        "infrastructure": (
            "unknown",
            "postgres_url: db.example:5432 is not on this machine, so it was not asked",
        )
    }
    assert found.decision is Decision.GO

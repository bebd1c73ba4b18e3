"""Probing this machine for real: programs that hang or lie in a mesh, folders, ports, addresses."""

from __future__ import annotations

import os
import socket
import threading
from pathlib import Path

import pytest

from ended import ends
from tierline.evidence.machine import folders, network, system, tools
from tierline.evidence.machine.asking import ask_all
from tierline.evidence.machine.gather import Asked, machine


def program(folder: Path, name: str, body: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


def on_path(*entries: object) -> dict[str, str]:
    return {"PATH": os.pathsep.join(map(str, entries))}


def test_a_tool_tells_its_version(tmp_path: Path) -> None:
    path = program(tmp_path, "go", "echo go version go1.26.3 linux/amd64")
    assert tools.tool("go", on_path(tmp_path), None) == tools.Tool(str(path), "1.26.3")


def test_a_tool_that_is_not_there_has_no_path(tmp_path: Path) -> None:
    assert tools.tool("go", on_path(tmp_path), None) == tools.Tool()
    assert tools.exists("ruby", on_path(tmp_path), None) == tools.Tool()


def test_a_tool_that_fails_says_why_on_one_harmless_line(tmp_path: Path) -> None:
    path = program(tmp_path, "docker", r"printf '\n\033[31mCannot connect\n'; exit 1")
    said = tools.tool("docker", on_path(tmp_path), None)
    assert said == tools.Tool(str(path), trouble="?[31mCannot connect")
    said = tools.tool("compose", on_path(tmp_path), None)
    assert said == tools.Tool(str(path), trouble="it lacks the plugin compose")


def test_a_tool_that_hangs_is_ended_with_all_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tools, "SECONDS", 0.2)
    left = tmp_path / "pid"
    program(tmp_path, "docker", f"/bin/sleep 600 & echo $! > {left}; wait")
    found = tools.tool("docker", on_path(tmp_path), None)
    assert found.silent
    assert "did not answer within 0.2 s" in found.trouble
    assert ends(int(left.read_text()))


def test_a_tool_is_run_outside_the_mesh_and_never_from_it(tmp_path: Path) -> None:
    mesh = tmp_path / "mesh"
    inside = program(mesh / "bin", "go", f"touch {tmp_path}/sprung; echo go1.2.3")
    outside = program(tmp_path / "bin", "go", "echo 1.2.3 $PWD")
    refused = tools.tool("go", on_path(mesh / "bin"), mesh)
    assert refused == tools.Tool(trouble=f"{inside} lies in the mesh, so it is not run")
    linked = tmp_path / "linked"
    linked.symlink_to(mesh / "bin")
    assert tools.tool("go", on_path(linked), mesh).path == ""
    assert tools.tool("go", on_path("", ".", "bin", tmp_path / "bin"), mesh).path == str(outside)
    assert not (tmp_path / "sprung").exists()
    assert tools.told([str(outside)], {})[1] == "1.2.3 /\n"


def test_questions_that_hang_or_fail_are_left_unanswered() -> None:
    never = threading.Event()

    def refused() -> None:
        raise PermissionError

    answers = ask_all(
        {("a", ""): lambda: 1, ("b", ""): never.wait, ("c", ""): refused, ("d", ""): lambda: None},
        0.2,
    )
    never.set()
    assert answers == {("a", ""): 1, ("d", ""): None}


def test_a_folder_that_works_is_tried_and_left_as_it_was(tmp_path: Path) -> None:
    wanted = folders.Wanted("state", "XDG_STATE_HOME", (tmp_path / "tierline", tmp_path / "a/b"))
    found = folders.folder(wanted)
    assert (found.trouble, found.stores, found.meets, found.steps) == ("", "", "", ())
    assert found.tried == str(tmp_path)
    assert found.file_system
    assert (found.free_bytes or 0) > 0
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_exists_says_whose_it_is(tmp_path: Path) -> None:
    own, link = tmp_path / "tierline", tmp_path / "link"
    own.mkdir(mode=0o755)
    link.symlink_to(own)
    found = folders.folder(folders.Wanted("runtime", "XDG_RUNTIME_DIR", (own, link)))
    assert [(step.mode, step.owner, step.is_folder) for step in found.steps] == [
        (0o755, os.getuid(), True),
        (0o777, os.getuid(), False),
    ]


def test_a_socket_works_at_any_length_of_path(tmp_path: Path) -> None:
    deep = tmp_path / ("x" * 100) / ("y" * 100)
    deep.mkdir(parents=True)
    found = folders.folder(folders.Wanted("runtime", "XDG_RUNTIME_DIR", (deep,)))
    assert (found.trouble, found.meets) == ("", "")


def test_a_folder_that_cannot_be_written_says_why(ordinary: Path) -> None:
    ordinary.chmod(0o500)
    found = folders.folder(folders.Wanted("cache", "XDG_CACHE_HOME", (ordinary / "tierline",)))
    ordinary.chmod(0o700)
    assert found.trouble == "Permission denied"
    assert found.tried == str(ordinary)


def test_who_has_a_port_is_told(tmp_path: Path) -> None:
    del tmp_path
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]
        found = system.taken([port, 1])
    assert found.keys() == {port}
    assert found[port].pid == os.getpid()
    assert found[port].program


def test_only_this_machine_is_asked_whether_it_answers() -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]
        assert network.answer(f"127.0.0.1:{port}") == ""
        assert network.answer(f"[::ffff:127.0.0.1]:{port}") in {"", None}
    assert network.answer(f"127.0.0.1:{port}") == f"127.0.0.1:{port}: nobody listens"
    assert network.answer("169.254.169.254:80") is None
    assert network.answer("198.51.100.1:5432") is None
    assert network.answer("\x1bnowhere.invalid:1") == "no address is known for ?nowhere.invalid"


def test_the_whole_machine_is_looked_at_and_nothing_is_left(tmp_path: Path) -> None:
    program(tmp_path / "bin", "go", "echo go1.26.0")
    (tmp_path / "state").mkdir()
    wanted = folders.Wanted("state", "XDG_STATE_HOME", (tmp_path / "state",))
    found = machine(
        Asked(
            {"PATH": f"{tmp_path / 'bin'}::."},
            wanted=(wanted,),
            tools=("go", "git"),
            programs=("ruby",),
            addresses=("127.0.0.1:1",),
        )
    )
    assert (found.tools["go"].version, found.tools["git"].path) == ("1.26.0", "")
    assert found.tools["ruby"].path == ""
    assert found.folders["state"].stores == ""
    assert found.loopback == ""
    assert found.answers == {"127.0.0.1:1": "127.0.0.1:1: nobody listens"}
    assert found.relative == ("", ".")
    assert found.repository is None
    assert found.limits
    assert found.limits.memory
    assert found.clock
    assert abs(found.clock.apart or 0.0) < 60
    assert list((tmp_path / "state").iterdir()) == []

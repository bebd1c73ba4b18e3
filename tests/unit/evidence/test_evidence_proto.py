"""Proto contracts asked of the real buf, some of them by a hostile mesh."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tierline.contracts.proto import ProtoFacts, Said, Stubs, Unsaid
from tierline.evidence.buf import Buf, find_buf
from tierline.evidence.proto import BREAKING, GATES, GENERATED, LINT, proto_facts
from tierline.evidence.tree import read_tree
from tierline.facts.reference import ContractsThen, NoReference, Reference
from tierline.mesh.tree import Tree

pytestmark = [pytest.mark.required("buf")]

PROTO = """\
syntax = "proto3";

package auth.v1;

service AuthService {
  rpc Verify(VerifyRequest) returns (VerifyResponse);
}

message VerifyRequest {
  string token = 1;
}

message VerifyResponse {}
"""
WRONG = 'syntax = "proto3";\npackage b;\nmessage B { nope x = 1; }\n'
AUTH = "contracts/proto/auth/v1/auth.proto"
SETTINGS = "version: v2\nmodules:\n  - path: proto\nlint:\n  use:\n    - STANDARD\n"
STUB = "contracts/gen/auth/v1/auth.txt"
PLUGIN = """\
#!{python}
import sys
sys.stdin.buffer.read()
text = b"a stub\\n"
file = b"\\x0a\\x10auth/v1/auth.txt" + b"\\x7a" + bytes([len(text)]) + text
sys.stdout.buffer.write(b"\\x7a" + bytes([len(file)]) + file)
"""
"""a plugin of protoc: one file, framed as a CodeGeneratorResponse"""


@pytest.fixture
def mesh(tmp_path: Path) -> Path:
    root = tmp_path / "mesh"
    write(root, {AUTH: PROTO, "contracts/buf.yaml": SETTINGS, "services/x": "x"})
    return root


def write(root: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)


def look(root: Path) -> Tree:
    return read_tree(root, "mesh", lambda path: path.startswith("contracts/"))


def then(files: Tree | None) -> ContractsThen:
    return ContractsThen(Reference("main", "c0ffee", "as said"), files or Tree("mesh"))


def facts(root: Path, before: Tree | None = None, *gates: str) -> ProtoFacts:
    return proto_facts(root, look(root), then(before), frozenset(gates) or GATES)


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A local plugin that a person has installed."""
    folder = tmp_path / "installed"
    folder.mkdir()
    program = folder / "protoc-gen-words"
    program.write_text(PLUGIN.format(python=sys.executable))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return program


def test_sound_contracts_have_no_finding(mesh: Path) -> None:
    found = facts(mesh)
    assert found == ProtoFacts(
        moved=("contracts/buf.yaml", AUTH),
        lint=Said(),
        breaking=Said(),
        ungenerated="contracts/buf.gen.yaml has no plugin, so no stubs are generated",
    )


def test_buf_is_asked_only_where_something_moved(
    mesh: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    before = look(mesh)
    assert facts(mesh, before).idle == (
        "no proto contract, stub or setting of buf moved since main"
    )
    assert proto_facts(mesh, before, NoReference("why"), GATES) == ProtoFacts()
    (mesh / AUTH).unlink()
    assert facts(mesh).idle == "contracts/ has no proto files, now or then"


def test_style_and_errors_come_with_their_place(mesh: Path) -> None:
    write(
        mesh, {AUTH: PROTO.replace("rpc Verify(", "rpc verify("), "contracts/proto/b.proto": WRONG}
    )
    lint = facts(mesh, None, LINT).lint
    assert isinstance(lint, Said)
    assert [(one.path, one.line, one.rule) for one in lint.messages] == [
        ("proto/b.proto", 3, "COMPILE")
    ]
    (mesh / "contracts/proto/b.proto").unlink()
    lint = facts(mesh, None, LINT).lint
    assert isinstance(lint, Said)
    assert [(one.path, one.line, one.column, one.rule) for one in lint.messages] == [
        ("proto/auth/v1/auth.proto", 6, 7, "RPC_PASCAL_CASE")
    ]


def test_a_broken_contract_names_what_broke(mesh: Path) -> None:
    before = look(mesh)
    write(mesh, {AUTH: PROTO.replace("string token", "int32 token")})
    found = facts(mesh, before, BREAKING)
    assert isinstance(found.breaking, Said)
    (one,) = found.breaking.messages
    assert (one.path, one.line, one.rule) == ("proto/auth/v1/auth.proto", 10, "FIELD_SAME_TYPE")
    assert facts(mesh, before, BREAKING) == found


def test_a_contract_that_is_gone_is_broken(mesh: Path) -> None:
    write(mesh, {"contracts/proto/b/v1/b.proto": PROTO.replace("auth.v1", "b.v1")})
    before = look(mesh)
    (mesh / AUTH).unlink()
    some = facts(mesh, before, BREAKING).breaking
    (mesh / "contracts/proto/b/v1/b.proto").unlink()
    all_of_them = facts(mesh, before, BREAKING).breaking
    for found, count in ((some, 1), (all_of_them, 2)):
        assert isinstance(found, Said)
        assert [one.rule for one in found.messages] == ["FILE_NO_DELETE"] * count


def test_who_changes_the_rules_with_the_contract_is_told(mesh: Path) -> None:
    before = look(mesh)
    (mesh / AUTH).write_text(PROTO.replace("string token", "int32 token"))
    ignoring = SETTINGS + "breaking:\n  ignore:\n    - proto/auth\n"
    write(mesh, {"contracts/buf.yaml": ignoring})
    found = facts(mesh, before, BREAKING)
    assert (found.breaking, found.rules_moved) == (Said(), True)


def test_what_does_not_compile_cannot_be_compared(mesh: Path) -> None:
    before = look(mesh)
    write(mesh, {AUTH: PROTO.replace("string token", "strin token")})
    found = facts(mesh, before, BREAKING).breaking
    assert isinstance(found, Unsaid)
    assert "proto/auth/v1/auth.proto:10 does not compile: cannot find" in found.reason


def generating(mesh: Path, plugin: str = "local: protoc-gen-words") -> None:
    text = f"version: v2\nplugins:\n  - {plugin}\n    out: gen\n"
    write(mesh, {"contracts/buf.gen.yaml": text})


def stubs(root: Path) -> Stubs:
    found = facts(root, None, GENERATED).generated
    assert isinstance(found, Stubs), found
    return found


@pytest.mark.usefixtures("plugin")
def test_stubs_are_compared_and_the_mesh_is_not_touched(mesh: Path) -> None:
    generating(mesh)
    assert stubs(mesh).missing == ("gen/auth/v1/auth.txt",)
    assert not (mesh / "contracts/gen").exists()
    write(mesh, {STUB: "a stub\n"})
    made = {"gen/auth/v1/auth.txt": b"a stub\n"}
    assert stubs(mesh) == Stubs(made)
    write(mesh, {STUB: "edited\n", "contracts/gen/gone/v1/gone.txt": "a stub\n"})
    assert stubs(mesh) == Stubs(made, (), ("gen/auth/v1/auth.txt",), ("gen/gone/v1/gone.txt",))
    assert (mesh / STUB).read_text() == "edited\n"


def test_an_answer_is_kept_until_the_plugin_changes(mesh: Path, plugin: Path) -> None:
    generating(mesh)
    assert stubs(mesh).made["gen/auth/v1/auth.txt"] == b"a stub\n"
    plugin.write_text(PLUGIN.format(python=sys.executable).replace("a stub", "other"))
    assert stubs(mesh).made["gen/auth/v1/auth.txt"] == b"other\n"


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ("local: protoc-gen-nowhere", "the plugin protoc-gen-nowhere is not on PATH"),
        ("local: [sh, -c, 'touch /tmp/x']", "is a command of the mesh's own, which is not run"),
        ("local: ./protoc-gen-words", "is a command of the mesh's own, which is not run"),
    ],
)
def test_a_plugin_that_is_not_installed_is_not_run(mesh: Path, named: str, said: str) -> None:
    generating(mesh, named)
    found = facts(mesh, None, GENERATED).generated
    assert isinstance(found, Unsaid)
    assert said in found.reason


def test_a_remote_plugin_that_does_not_answer_is_unknown(
    mesh: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    generating(mesh, "remote: buf.build/protocolbuffers/go")
    found = facts(mesh, None, GENERATED).generated
    assert isinstance(found, Unsaid)
    assert found.reason.startswith(
        "the remote plugin buf.build/protocolbuffers/go could not be asked: "
    )


def test_programs_of_the_mesh_are_not_found(mesh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("buf", "protoc-gen-evil"):
        write(mesh, {f"bin/{name}": "#!/bin/sh\ntouch ../ran\n"})
        (mesh / "bin" / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{mesh}/bin:bin:{os.environ['PATH']}")
    generating(mesh, "local: protoc-gen-evil")
    found = facts(mesh, None, LINT, GENERATED)
    assert found.lint == Said()
    assert isinstance(found.generated, Unsaid)
    assert found.generated.reason == "the plugin protoc-gen-evil is not on PATH"


def test_without_buf_there_is_no_answer(mesh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python3")
    monkeypatch.setenv("PATH", "/nowhere")
    found = facts(mesh)
    for one in (found.lint, found.breaking, replace(found).lint):
        assert one in {
            Said(),
            Unsaid(
                "buf is not installed",
                "install it: pip install 'tierline[contracts]', or put buf on PATH",
            ),
        }
    assert isinstance(found.lint, Unsaid)


def test_a_buf_that_fails_gives_no_answer(mesh: Path, tmp_path: Path) -> None:
    for script, said in (
        ("echo '{}' ; exit 0", "buf ended with 0 and said 1 things"),
        ("echo nonsense; exit 100", "buf's answer is not understood"),
        ("echo '[1]'; exit 100", "buf's answer is not understood"),
        ("exit 100", "buf ended with 100 and said 0 things"),
        ("echo 'Failure: no space' >&2; exit 1", "buf lint: no space"),
        ("kill -9 $$", "buf lint: it ended with -9"),
    ):
        program = tmp_path / "buf"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        told = Buf(program, os.environ["PATH"]).lint({"proto/a.proto": script.encode()})
        assert isinstance(told, Unsaid)
        assert told.reason.startswith(said)


def test_a_cache_that_others_may_write_is_not_used(
    mesh: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = tmp_path / "cache"
    (cache / "tierline/buf/answers").mkdir(parents=True)
    (cache / "tierline/buf/answers").chmod(0o777)
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    assert facts(mesh, None, LINT).lint == Said()
    assert list((cache / "tierline/buf/answers").iterdir()) == []
    assert isinstance(find_buf(mesh), Buf)

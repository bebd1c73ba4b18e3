"""The commands that the guide of releases names, as written, on both our meshes; and the real buf."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from e2e.cli.shop import Shop
from tierline.scaffold.repository import make_repository
from tierline.scaffold.template import templates

pytestmark = [pytest.mark.required("git", "buf"), pytest.mark.slow]

GO_MESH = Path(__file__).resolve().parents[2] / "meshes/go-mesh"
SEED = """\
bash mesh/scripts/generate-mesh-index.sh --root-path mesh --check
bash mesh/scripts/validate-mesh-structure.sh --root-path mesh
bash mesh/scripts/run-mesh-gates.sh
bash mesh/scripts/contracts-buf-lint.sh --root-path mesh
bash mesh/scripts/contracts-buf-breaking.sh --root-path mesh
bash mesh/scripts/contracts-buf-generate-check.sh --root-path mesh
"""
VOUCHED = """\
version = 1
[environments.local.externals]
M31 = {author = "Ada", reason = "the demo starts without it", expires = 2099-01-01}
M32 = {author = "Ada", reason = "the demo starts without it", expires = 2099-01-01}
[severity]
"load-order/tier-inversion" = "ok"
"""
AUTH = "contracts/proto/auth/v1/auth.proto"
PLUGIN = """\
#!{python}
import sys
sys.stdin.buffer.read()
text = b"a stub\\n"
file = b"\\x0a\\x10auth/v1/auth.txt" + b"\\x7a" + bytes([len(text)]) + text
sys.stdout.buffer.write(b"\\x7a" + bytes([len(file)]) + file)
"""


@pytest.fixture
def go_shop() -> Iterator[Shop]:
    """The Go mesh as a repository of one commit."""
    base = Path(tempfile.mkdtemp(prefix="tc-"))
    shutil.copytree(GO_MESH, base / "shop")
    for path, text in templates("mesh/scripts"):
        (base / "shop/mesh/scripts" / path).write_text(text)
    make_repository(base / "shop", "The Go mesh")
    yield Shop(base / "shop", base)
    shutil.rmtree(base, ignore_errors=True)


@pytest.mark.parametrize("line", SEED.splitlines())
@pytest.mark.parametrize("mesh", ["shop", "go_shop"])
def test_every_command_ends_with_0_as_written(
    mesh: str, line: str, request: pytest.FixtureRequest
) -> None:
    shop: Shop = request.getfixturevalue(mesh)
    done = shop.shell(line)
    assert done.returncode == 0, done.stdout + done.stderr
    inner = line.replace("mesh/scripts", "scripts").replace(" --root-path mesh", "")
    done = shop.shell(f"{inner} --root-path .", inside=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("mesh", ["shop", "go_shop"])
def test_all_gates_are_ok_where_tests_ran_and_people_vouch(
    mesh: str, request: pytest.FixtureRequest
) -> None:
    shop: Shop = request.getfixturevalue(mesh)
    (shop.base / "policy.toml").write_text(VOUCHED)
    assert shop.shell("tierline test").returncode == 0
    told = shop.tell("check", "--policy", str(shop.base / "policy.toml"), "--format", "json")
    found = told.document
    assert (told.code, found["decision"], found["findings"]) == (0, "GO", [])
    states = {gate["id"]: gate["status"] for gate in found["gates"]}
    off = {name for name, status in states.items() if status != "ok"}
    without = {"shop": set[str](), "go_shop": {"openapi-breaking"}}[mesh]
    assert off == {"proto-generated", "boundaries", "former", "scripts"} | without
    assert all(gate["reason"] for gate in found["gates"] if gate["id"] in off)


def test_findings_are_1_and_a_tool_error_is_2(shop: Shop) -> None:
    proto = shop.mesh / AUTH
    text = proto.read_text()
    proto.write_text(text.replace("string token = 1", "int32 Token = 1"))
    for name, said in (("lint", "FIELD_LOWER_SNAKE_CASE"), ("breaking", "FIELD_SAME_TYPE")):
        done = shop.shell(f"bash mesh/scripts/contracts-buf-{name}.sh --against HEAD")
        assert (done.returncode, said in done.stdout) == (1, True), done.stdout + done.stderr
        bad = shop.shell(f"bash mesh/scripts/contracts-buf-{name}.sh --against nope")
        assert (bad.returncode, bad.stdout) == (2, "")
        assert "nope is no commit" in bad.stderr
    told = shop.tell("contracts", "breaking", "--against", "HEAD", "--format", "json").document
    assert told["decision"] == "NO-GO"
    (one,) = told["contracts"]
    assert (one["kind"], one["path"], one["providers"]) == (
        "proto", f"mesh/{AUTH}", ["M01-Authentication-Service"],
    )  # fmt: skip


def test_stubs_are_written_compared_and_removed(shop: Shop) -> None:
    plugin = shop.base / "plugins" / "protoc-gen-words"
    plugin.parent.mkdir()
    plugin.write_text(PLUGIN.format(python=sys.executable))
    plugin.chmod(0o755)
    here = shop.under(PATH=f"{plugin.parent}{os.pathsep}{os.environ['PATH']}")
    (shop.mesh / "contracts/buf.gen.yaml").write_text(
        "version: v2\nplugins:\n  - local: protoc-gen-words\n    out: gen\n    strategy: all\n"
    )
    stale = shop.mesh / "contracts/gen/old/v1/old.txt"
    stale.parent.mkdir(parents=True)
    stale.write_text("of a contract that is gone\n")
    told = here.tell("contracts", "generate", "--check", "--format", "json")
    assert told.code == 3
    assert sorted(one["code"] for one in told.document["findings"]) == [
        "proto-generated/left-over", "proto-generated/missing",
    ]  # fmt: skip
    assert told.document["reference"] is None
    assert stale.exists()
    made = here.tell("contracts", "generate")
    assert (made.code, made.err.splitlines()) == (
        0,
        ["wrote mesh/contracts/gen/auth/v1/auth.txt", "removed mesh/contracts/gen/old/v1/old.txt"],
    )
    assert here.tell("contracts", "generate", "--check").code == 0
    again = here.tell("contracts", "generate")
    assert again.err == "the stubs are those of the contracts: 1 files\n"
    gone = shop.under(PATH="/usr/bin:/bin").tell("contracts", "generate")
    assert (gone.code, "protoc-gen-words is not on PATH" in gone.err) == (1, True)


def test_changed_modules_are_a_json_array_for_ci(shop: Shop) -> None:
    (shop.mesh / "services/data-ai/M13-risk-scoring-service/new é.txt").write_text("x")
    done = shop.shell("bash mesh/scripts/ci-changed-modules.sh HEAD")
    assert (done.returncode, json.loads(done.stdout)) == (
        0, ["mesh/services/data-ai/M13-risk-scoring-service"],
    )  # fmt: skip
    assert (
        "not committed, and counted: services/data-ai/M13-risk-scoring-service/new é" in done.stderr
    )
    done = shop.shell("bash scripts/ci-changed-modules.sh HEAD HEAD --root-path .", inside=True)
    assert (done.returncode, json.loads(done.stdout)) == (0, [])
    for words in ("nope", "HEAD nope"):
        bad = shop.shell(f"bash mesh/scripts/ci-changed-modules.sh {words}")
        assert (bad.returncode, bad.stdout) == (2, "")


@pytest.mark.required("protoc-gen-go", "protoc-gen-go-grpc")
def test_real_plugins_of_go_generate_what_the_check_accepts(go_shop: Shop) -> None:
    contracts = go_shop.mesh / "contracts"
    proto = contracts / "proto/account/v1/account.proto"
    package = 'option go_package = "example.com/go-mesh/contracts/gen/go/account/v1;accountv1";'
    proto.write_text(
        proto.read_text().replace("package account.v1;", f"package account.v1;\n\n{package}")
    )
    shutil.rmtree(contracts / "gen/go/account")
    plugins = "".join(
        f"  - local: {name}\n    out: gen/go\n    opt: paths=source_relative\n"
        for name in ("protoc-gen-go", "protoc-gen-go-grpc")
    )
    (contracts / "buf.gen.yaml").write_text(f"version: v2\nplugins:\n{plugins}")
    assert go_shop.shell("bash mesh/scripts/contracts-buf-generate-check.sh").returncode == 1
    assert go_shop.shell("bash mesh/scripts/contracts-buf-generate.sh").returncode == 0
    made = contracts / "gen/go/account/v1"
    assert sorted(path.name for path in made.iterdir()) == ["account.pb.go", "account_grpc.pb.go"]
    assert go_shop.shell("bash mesh/scripts/contracts-buf-generate-check.sh").returncode == 0
    (made / "account.pb.go").write_text("package accountv1\n")
    done = go_shop.shell("bash mesh/scripts/contracts-buf-generate-check.sh")
    assert (done.returncode, "proto-generated/differs" in done.stdout) == (1, True)

"""`tierline context` from the command line: formats, what is due, hostile files, nothing written."""

from __future__ import annotations

import subprocess

import pytest

from e2e.cli.shop import Shop

pytestmark = pytest.mark.required("git")


def test_one_service_in_every_format(shop: Shop) -> None:
    text = shop.tell("context", "M09")
    assert text.code == 0, text.err
    assert "batch t2-l4: tier 2, level 4; the load order document agrees" in text.out
    assert (
        max(len(line) for line in shop.under(COLUMNS="80").tell("context").out.splitlines()) <= 110
    )
    md = shop.tell("context", "M09", "--format", "md")
    assert md.code == 0 and md.out.startswith("# Release context of M09")
    document = shop.tell("context", "M09", "--format", "json").document
    (sheet,) = document["services"]
    assert sheet["service_id"] == "M09-Payout-Service"
    assert [one["standing"] for one in document["inputs"]].count("read") == len(document["inputs"])


def test_the_whole_demo_is_understood(shop: Shop) -> None:
    document = shop.tell("context", "--format", "json").document
    assert len(document["services"]) == 14
    steps = {one["name"]: one for one in document["steps"]}
    assert [name for name, one in steps.items() if not (one["exists"] and one["script"])] == []
    assert {one["code"] for one in document["findings"]} == set()
    brief = shop.tell("context", "--brief")
    assert brief.code == 0 and len(brief.out.splitlines()) < 60


def test_contract_scripts_are_due_since_a_reference(shop: Shop) -> None:
    def due(*words: str) -> str:
        steps = shop.tell("context", "M09", *words, "--format", "json").document["steps"]
        return next(one["due"] for one in steps if one["name"] == "contracts-buf-lint.sh")

    assert due() == "if-contracts"
    assert due("--since", "HEAD") == "no"
    with (shop.mesh / "contracts/proto/auth/v1/auth.proto").open("a") as file:
        file.write("// more\n")
    assert due("--since", "HEAD") == "contracts"
    assert shop.tell("context", "changed:HEAD").code in {0, 2}
    assert shop.tell("context", "--since", "no-such-ref").code == 2


def test_links_out_of_the_mesh_giants_and_control_characters_are_told(shop: Shop) -> None:
    secret = shop.folder.parent / "secret.yaml"
    secret.write_text("kind: Deployment\nmetadata: {name: outside-the-mesh}\n")
    folder = next(shop.mesh.glob("services/*/M09-*/deploy"))
    (folder / "k8s/deployment.yaml").unlink()
    (folder / "k8s/deployment.yaml").symlink_to(secret)
    (folder / "k8s/hpa.yaml").write_text("a: " + "x" * (5 << 20))
    (folder / "compose/service.compose.yaml").write_text("services: {\x1b[2J: {}}\n")
    (shop.mesh / "docs/local-dev.md").unlink()
    (shop.mesh / "docs/local-dev.md").mkdir()
    done = shop.tell("context", "M09")
    assert done.code == 0, done.err
    assert "outside-the-mesh" not in done.out and "\x1b" not in done.out
    sheet = shop.tell("context", "M09", "--format", "json").document
    standing = {
        one["path"].rpartition("/")[2]: one["standing"] for one in sheet["services"][0]["inputs"]
    }
    assert standing["service.compose.yaml"] == standing["hpa.yaml"] == "unreadable"
    assert {one["standing"] for one in sheet["inputs"] if "local-dev" in one["path"]} == {
        "unreadable"
    }


def test_nothing_is_written_anywhere(shop: Shop) -> None:
    before = subprocess.run(
        ["git", "status", "--porcelain", "--ignored"],
        cwd=shop.folder,
        capture_output=True,
        check=True,
    ).stdout
    assert shop.under(HOME=None).tell("context").code == 0
    after = subprocess.run(
        ["git", "status", "--porcelain", "--ignored"],
        cwd=shop.folder,
        capture_output=True,
        check=True,
    ).stdout
    assert after == before

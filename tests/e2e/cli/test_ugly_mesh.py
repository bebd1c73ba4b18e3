"""A newcomer with a mesh as ugly as real ones: everything ugly is named, one team's never stops others."""

from __future__ import annotations

import shlex
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from e2e.cli.shop import Done, Shop
from made.ugly_mesh import Where, write_ugly_mesh

NOBODY = Where("127.0.0.1:1", "127.0.0.1:2")
"""ports that nothing listens on"""

FOUND = {
    "a tier inversion": ("load-order/tier-inversion", "M03", "starts in tier 1"),
    "an external": ("owners/external", "M60", "X13-Outside-13 is outside the mesh"),
    "an event of nobody": ("lifecycle/event-without-contract", "M43", "search.clicked"),
    "an image without a version": ("manifests/moving-image", "M01", ":latest"),
    "no probe": ("manifests/no-probe", "M01", "probe"),
    "a manifest that does not parse": ("manifests/not-yaml", "M61", "not YAML"),
    "a text where a list belongs": ("config/not-a-list", "M24", "kafka_brokers"),
    "malformed YAML": ("config/not-yaml", "M17", "not YAML"),
    "a stale document": ("load-order/differs", "M62", "no row in the DBR matrix"),
    "missing files": ("structure/missing-file", "M35", "Makefile"),
    "two folders": ("structure/several-folders", "M26", "M26-storage-export"),
    "a stray folder": ("structure/undeclared-folder", None, "M98-abandoned"),
    "a stray domain": ("structure/unknown-domain-folder", None, "experiments"),
    "a byte order mark": ("structure/byte-order-mark", "M32", "byte order mark"),
    "odd casing": ("structure/no-folder", "M21", "M21-Partner-API differs"),
    "no folder": ("structure/no-folder", "M46", "M46-labeling-desk"),
    "another language": ("structure/other-language", "M36", "written for node"),
    "a language nobody knows": ("structure/nothing-runs", "M05", "nothing of it can be started"),
    "nothing runnable": ("structure/nothing-runs", "M25", "nothing of it can be started"),
    "not listed": ("lifecycle/not-listed", "M47", "not listed"),
    "listed and gone": ("lifecycle/unknown-service", None, "M99-Long-Gone"),
    "a variable of nobody": ("config/unresolved-variable", "M45", "VECTOR_URL"),
    "a key that says nothing": ("config/owner-without-address", "M52", "upstream_http_url"),
}
"""ugliness -> code, service, words of the finding"""


@pytest.fixture(scope="module")
def written() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="tu-"))
    write_ugly_mesh(folder / "ugly", NOBODY)
    yield folder / "ugly"
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def ugly(written: Path) -> Iterator[Shop]:
    base = Path(tempfile.mkdtemp(prefix="tu-"))
    shutil.copytree(written, base / "shop", symlinks=True)
    shop = Shop(base / "shop", base)
    yield shop
    shop.tell("down", "--yes")
    shutil.rmtree(base, ignore_errors=True)


def mend_release(shop: Shop) -> None:
    """What `check` says holds every service, mended as it says."""
    for path in ("docs/local-dev.md", "contracts/schemas/README.md"):
        file = shop.mesh / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("# Soon\n")
    listed = shop.mesh / "tooling/manifests/implemented-services.yaml"
    listed.write_text(listed.read_text().replace("  - M99-Long-Gone\n", ""))
    assert shop.tell("index", "generate").code == 0


@pytest.mark.required("buf")
def test_plugins_that_cannot_be_fetched_leave_the_stubs_unknown(ugly: Shop) -> None:
    (ugly.mesh / "contracts/proto/user.proto").write_text(
        'syntax = "proto3";\n\npackage user.v1;\n\nmessage User {\n  string name = 1;\n}\n'
    )
    offline = ugly.under(HTTPS_PROXY="http://127.0.0.1:9", https_proxy="http://127.0.0.1:9")
    told = offline.tell("check", "--gate", "proto-generated", "--format", "json")
    (finding,) = told.document["findings"]
    assert (finding["code"], finding["status"]) == ("proto-generated/no-answer", "warn")
    assert finding["message"].startswith("the remote plugin buf.build/protocolbuffers/go could")


def test_everything_ugly_is_found_and_told_where(ugly: Shop) -> None:
    told = ugly.tell("check", "--format", "json")
    assert told.code == 3
    findings: list[dict[str, Any]] = told.document["findings"]
    for name, (code, service, words) in FOUND.items():
        fitting = [
            one
            for one in findings
            if one["code"] == code
            and (one["service_id"] or "")[:3] == (service or "")
            and words in f"{one['message']} {one['path']}"
        ]
        assert fitting, name
        assert all(one["fix"] for one in fitting), name
    assert {one["service_id"] for one in findings if one["code"] == "config/not-yaml"} == {
        "M17-Media-Store"
    }


def test_lines_for_tierline_toml_work_as_they_are_printed(ugly: Shop) -> None:
    findings = ugly.tell("check", "M05", "M52", "--format", "json").document["findings"]
    offered = [one["fix"].partition("\n")[2] for one in findings if "\n[" in one["fix"]]
    assert len(offered) == 2
    (ugly.mesh / "tierline.toml").write_text("\n\n".join(offered) + "\n")
    left = ugly.tell("check", "M05", "M52", "--format", "json").document["findings"]
    assert not {one["code"] for one in left} & {
        "structure/nothing-runs",
        "config/owner-without-address",
    }


@pytest.mark.parametrize("columns", [80, 120])
def test_a_hundred_findings_are_digestible(ugly: Shop, columns: int) -> None:
    shop = ugly.under(COLUMNS=str(columns))
    short, everything = shop.tell("check"), shop.tell("check", "--all")
    assert len(short.out.splitlines()) < 190 < len(everything.out.splitlines())
    for code in {code for code, *_ in FOUND.values() if not code.endswith("/not-judged")}:
        assert code in short.out
    one = shop.tell("check", "M26").out
    assert "M26-Storage-Export: NO-GO" in one
    assert "M21" not in one
    assert shop.tell("ready").code == shop.tell("plan").code == 3


def test_doctor_names_what_the_mesh_needs_and_lacks(ugly: Shop) -> None:
    points = ugly.tell("doctor", "--format", "json").document["points"]
    facts = " / ".join(point["fact"] for point in points if point["status"] != "ok")
    assert "objects of its newest commits are missing: 1" in facts
    assert "postgres_url: 127.0.0.1:1: nobody listens" in facts
    assert "redis_url: 127.0.0.1:2: nobody listens" in facts


def without_go(folder: Path) -> str:
    folder.mkdir()
    for name in ("git", "python3", "node", "sh"):
        found = shutil.which(name)
        assert found
        (folder / name).symlink_to(found)
    return str(folder)


@pytest.mark.slow
@pytest.mark.required("node", "git")
def test_whatever_does_not_work_is_named_and_holds_nobody_else(ugly: Shop, tmp_path: Path) -> None:
    mend_release(ugly)
    shop = ugly.under(PATH=without_go(tmp_path / "bin"))
    told = shop.tell("rollout", "--yes", "M02", "M27", "M33", "M36", "M40", "M57", "M30", "M10",
                     "--format", "json")  # fmt: skip
    assert told.code == 4, told.err
    services = states(told)
    assert services["M57"] == ("failed", "build/no-tool")
    assert services["M10"] == ("failed", "build/no-tool")
    assert services["M40"] == ("failed", "boot/exit")
    assert {services[one][0] for one in ("M02", "M27", "M36")} == {"verified"}
    assert {services[one][0] for one in ("M30", "M33")} == {"held"}
    reasons = {one["service_id"][:3]: one["reason"] for one in told.document["services"]}
    assert "go is not on PATH" in reasons["M57"]
    assert "127.0.0.1:1" in reasons["M40"]
    actions = {one["service_id"][:3]: one["next_action"] for one in told.document["issues"]}
    assert actions["M57"].startswith("tierline doctor; when the tool is there: ")


LEFT_OUT = {
    **dict.fromkeys(("M05", "M25"), "structure/nothing-runs"),
    **dict.fromkeys(("M21", "M46"), "structure/no-folder"),
    **dict.fromkeys(("M16", "M18", "M42"), "readiness/owner-not-ready"),
    "M15": "lifecycle/placeholder",
    "M17": "config/not-yaml",
    "M24": "config/not-a-list",
    "M26": "structure/several-folders",
    "M32": "structure/byte-order-mark",
    "M35": "structure/missing-file",
    "M45": "config/unresolved-variable",
    "M61": "manifests/not-yaml",
}
FAILED = {
    "M22": ("boot/exit", "redis at 127.0.0.1:2"),
    "M33": ("health/never", "410"),
    "M40": ("boot/exit", "postgres at 127.0.0.1:1"),
    "M55": ("boot/exit", "postgres at 127.0.0.1:1"),
    "M57": ("build/failed", "github.com/nobody/nothing"),
}
HELD = {"M34": "M33", "M41": "M40", "M58": "M57"}


@pytest.mark.slow
@pytest.mark.required("go", "node", "git")
def test_what_is_ready_is_released_and_everything_else_has_its_reason(ugly: Shop) -> None:
    refused = ugly.tell("rollout", "--ready-only", "--yes")
    assert (refused.code, "next: tierline check\n" in refused.err) == (3, True)
    mend_release(ugly)
    shop = ugly.under(GOPROXY="off")
    told = shop.tell("rollout", "--ready-only", "--yes", "--format", "json")
    assert told.code == 4, told.err
    services = states(told)
    by_state: dict[str, set[str]] = {}
    for name, (state, _) in services.items():
        by_state.setdefault(state, set()).add(name)
    assert by_state["skipped"] == LEFT_OUT.keys()
    assert by_state["failed"] == FAILED.keys()
    assert by_state["held"] == HELD.keys()
    assert len(by_state["verified"]) == 50 - len(LEFT_OUT) - len(FAILED) - len(HELD)
    reasons = {one["service_id"][:3]: one["reason"] for one in told.document["services"]}
    for name, (code, words) in FAILED.items():
        assert services[name][1] == code
        assert words in reasons[name], name
    chains = {one["service_id"][:3]: one["chain"] for one in told.document["services"]}
    assert {name: chains[name][-1][:3] for name in HELD} == HELD
    text = shop.under(COLUMNS="80").tell("report").out
    for name, code in LEFT_OUT.items():
        assert f"  {name}-" in text.partition("Left out")[2]
        assert code in text or code == "readiness/owner-not-ready", name
    leads_to_a_first_go(shop, told)


def leads_to_a_first_go(shop: Shop, told: Done) -> None:
    """What the held report says to do next, done as it says: GO for the rest, which is named."""
    (words,) = (
        shlex.split(one["command"])
        for one in told.document["follow_up"]
        if "--without" in one["command"]
    )
    assert words[0] == "tierline"
    gone = shop.tell(*words[1:], "--yes", "--format", "json")
    assert (gone.code, gone.document["decision"]) == (0, "GO"), gone.err
    after = states(gone)
    left = {name for name, (state, _) in after.items() if state == "skipped"}
    assert left == LEFT_OUT.keys() | FAILED.keys() | HELD.keys()
    assert {name: after[name][1] for name in FAILED} == dict.fromkeys(FAILED, "plan/without")
    assert {state for name, (state, _) in after.items() if name not in left} == {"unchanged"}
    assert shop.tell("report").out.startswith(
        "GO  for 27 of 50 services, all verified; 23 left out"
    )


def states(told: Done) -> dict[str, tuple[str, str]]:
    """Short id -> state and code."""
    found = told.document["services"]
    return {one["service_id"][:3]: (one["state"], one["code"]) for one in found}

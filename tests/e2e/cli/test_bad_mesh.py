"""A mesh that is wrong in one way: a finding with its place, the right exit code, no traceback."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from e2e.cli.shop import Shop

INDEX = "services/services-index.yaml"
PROFILE = "services/core-platform/M02-profile-service"


@dataclass(frozen=True)
class Wrong:
    """What is done to the mesh, and what must be said: code, file, exit codes of check and plan."""

    name: str
    damage: Callable[[Path], None]
    code: str
    path: str
    exits: tuple[int, ...] = (3,)
    line: int | None = None


def write(path: str, text: str | bytes) -> Callable[[Path], None]:
    def damage(mesh: Path) -> None:
        file = mesh / path
        file.unlink(missing_ok=True)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())

    return damage


def change(path: str, old: str, new: str) -> Callable[[Path], None]:
    def damage(mesh: Path) -> None:
        text = (mesh / path).read_text()
        assert old in text, f"{path} has no {old!r}"
        (mesh / path).write_text(text.replace(old, new, 1))

    return damage


def remove(path: str) -> Callable[[Path], None]:
    def damage(mesh: Path) -> None:
        target = mesh / path
        shutil.rmtree(target) if target.is_dir() else target.unlink()

    return damage


def link(path: str, to: str) -> Callable[[Path], None]:
    def damage(mesh: Path) -> None:
        (mesh / path).unlink(missing_ok=True)
        (mesh / path).symlink_to(to)

    return damage


def huge(path: str, size: int) -> Callable[[Path], None]:
    def damage(mesh: Path) -> None:
        os.truncate(mesh / path, size)

    return damage


def pipe(path: str) -> Callable[[Path], None]:
    def damage(mesh: Path) -> None:
        (mesh / path).unlink()
        os.mkfifo(mesh / path)

    return damage


def folder(path: str) -> Callable[[Path], None]:
    def damage(mesh: Path) -> None:
        (mesh / path).unlink()
        (mesh / path).mkdir()

    return damage


BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{b}: &{b} [*{a}, *{a}, *{a}, *{a}, *{a}, *{a}, *{a}, *{a}, *{a}]\n"
    for a, b in zip("abcdefghijk", "bcdefghijkl", strict=True)
)

EVENT = "contracts/events/payout.sent.json"
CONFIG = f"{PROFILE}/configs/default.yaml"
LISTED = "tooling/manifests/implemented-services.yaml"
ORDER = "docs/dependency-load-order.md"
AUTH_OWNERS = "    dbr_deps:\n      - M11-Settings-Registry-Service\n"
NO_GO, HOLD, USAGE = 3, 4, 2

NO_SERVICES = [
    Wrong("not YAML", write(INDEX, "services: [\n"), "index/not-yaml", INDEX, (NO_GO, USAGE), 2),
    Wrong("empty", write(INDEX, ""), "index/wrong-type", INDEX, (NO_GO, USAGE)),
    Wrong("no UTF-8", write(INDEX, b"version: \xff\n"), "index/not-utf8", INDEX, (NO_GO, USAGE), 1),
    Wrong("a list", write(INDEX, "- a\n"), "index/wrong-type", INDEX, (NO_GO, USAGE), 1),
    Wrong("missing", remove(INDEX), "index/missing-file", INDEX, (NO_GO, USAGE)),
    Wrong("a bomb", write(INDEX, BOMB), "index/too-many-values", INDEX, (NO_GO, USAGE)),
    Wrong("too deep", write(INDEX, "[" * 5000), "index/too-deep", INDEX, (NO_GO, USAGE), 1),
    Wrong("100 MB", huge(INDEX, 100 << 20), "index/unreadable", INDEX, (NO_GO, USAGE)),
    Wrong("a pipe", pipe(INDEX), "index/unreadable", INDEX, (NO_GO, USAGE)),
    Wrong("a folder", folder(INDEX), "index/unreadable", INDEX, (NO_GO, USAGE)),
    Wrong("leaves the mesh", link(INDEX, "/etc/passwd"), "index/unreadable", INDEX, (NO_GO, USAGE)),
    Wrong(
        "its own link",
        link(INDEX, "services-index.yaml"),
        "index/unreadable",
        INDEX,
        (NO_GO, USAGE),
    ),
    Wrong(
        "declares nothing",
        write(
            INDEX,
            "version: 1\ngenerated_by: mesh/scripts/generate-mesh-index.sh\nservices:\n  []\n",
        ),
        "index/no-services",
        INDEX,
        (NO_GO, USAGE),
    ),
    Wrong(
        "services is a string",
        write(INDEX, "version: 1\ngenerated_by: x\nservices: M01\n"),
        "index/wrong-type",
        INDEX,
        (NO_GO, USAGE),
        3,
    ),
    Wrong(
        "runs code",
        write(INDEX, "services: !!python/object/apply:os.system ['id']\n"),
        "index/unknown-tag",
        INDEX,
        (NO_GO, USAGE),
        1,
    ),
]
IN_INDEX = [
    Wrong(
        "a key twice",
        change(INDEX, "    architecture: m", "    architecture: microservice\n    architecture: m"),
        "index/duplicate-key",
        INDEX,
        line=6,
    ),
    Wrong(
        "a service twice",
        change(INDEX, "service_id: M02-Profile-Service", "service_id: M01-Authentication-Service"),
        "index/duplicate-service",
        INDEX,
        line=15,
    ),
    Wrong(
        "a string where a list belongs",
        change(INDEX, AUTH_OWNERS, "    dbr_deps: M11-Settings-Registry-Service\n"),
        "index/wrong-type",
        INDEX,
        line=8,
    ),
    Wrong(
        "a cycle",
        change(INDEX, AUTH_OWNERS, "    dbr_deps:\n      - M02-Profile-Service\n"),
        "load-order/cycle",
        INDEX,
        line=9,
    ),
    Wrong(
        "its own owner",
        change(INDEX, AUTH_OWNERS, "    dbr_deps:\n      - M01-Authentication-Service\n"),
        "owners/self",
        INDEX,
        line=9,
    ),
    Wrong(
        "an escape sequence in a name",
        change(INDEX, "service_id: M02-Profile-Service", 'service_id: "M02-\\e[31mProfile"'),
        "index/control-character",
        INDEX,
        line=15,
    ),
    Wrong(
        "a reversed name",
        change(INDEX, "service_id: M02-Profile-Service", 'service_id: "M02-\u202eProfile"'),
        "index/control-character",
        INDEX,
        line=15,
    ),
    Wrong(
        "a path as a name",
        change(INDEX, "service_id: M02-Profile-Service", "service_id: ../../etc"),
        "index/bad-id",
        INDEX,
        line=15,
    ),
]
IN_FILES = [
    Wrong("no YAML", write(CONFIG, "a: b: c\n"), "config/not-yaml", CONFIG, line=1),
    Wrong("a bomb", write(CONFIG, BOMB), "config/too-many-values", CONFIG),
    Wrong("100 MB", huge(CONFIG, 100 << 20), "config/unreadable", CONFIG, (HOLD,)),
    Wrong("leaves", link(CONFIG, "/etc/passwd"), "structure/link-leaves-mesh", CONFIG),
    Wrong("missing", remove(CONFIG), "config/missing-file", CONFIG),
    Wrong(
        "a string for a list",
        write(CONFIG, "dependencies:\n  kafka_brokers: ${BROKERS}\n"),
        "config/not-a-list",
        CONFIG,
        line=2,
    ),
    Wrong("no folder", remove(PROFILE), "structure/no-folder", INDEX, line=15),
    Wrong("no list", write(LISTED, ":\n- ["), "lifecycle/not-yaml", LISTED, line=1),
    Wrong(
        "listed as a string",
        write(LISTED, "version: 1\nimplemented_services: M01-Authentication-Service\n"),
        "lifecycle/wrong-type",
        LISTED,
        line=2,
    ),
    Wrong("no Markdown", write(ORDER, b"# a\x00\x1b[31m\n"), "load-order/control-character", ORDER),
    Wrong("no document", remove(ORDER), "load-order/missing-file", ORDER),
    Wrong("an endless document", huge(ORDER, 100 << 20), "load-order/unreadable", ORDER, (HOLD,)),
    Wrong("no JSON", write(EVENT, '{"a": 1,\n "b" 2}'), "event-contracts/not-json", EVENT, line=2),
    Wrong(
        "a key twice",
        write(EVENT, '{"version": 1,\n "version": 2}'),
        "event-contracts/duplicate-key",
        EVENT,
        line=2,
    ),
    Wrong("JSON too deep", write(EVENT, "[" * 100_000), "event-contracts/not-json", EVENT, line=1),
    Wrong(
        "no TOML",
        write(f"{PROFILE}/pyproject.toml", "a = [\n"),
        "structure/not-toml",
        f"{PROFILE}/pyproject.toml",
    ),
]


@pytest.mark.parametrize("wrong", [*NO_SERVICES, *IN_INDEX, *IN_FILES], ids=lambda w: w.name)
def test_what_is_wrong_is_a_finding_with_its_place(shop: Shop, wrong: Wrong) -> None:
    wrong.damage(shop.mesh)
    checked, planned = (shop.tell(command, "--format", "json") for command in ("check", "plan"))
    findings = checked.document["findings"]
    place = f"mesh/{wrong.path}"
    fitting = [f for f in findings if (f["code"], f["path"]) == (wrong.code, place)]
    assert fitting, {(f["code"], f["path"]) for f in findings}
    assert wrong.line in {None, *(finding["line"] for finding in fitting)}
    assert all(finding["fix"] for finding in fitting)
    assert (checked.code, planned.code) == (wrong.exits * 2)[:2]
    if planned.code == USAGE:
        assert planned.out == ""
        assert "tierline check" in planned.err
    else:
        assert planned.document["decision"] == {NO_GO: "NO-GO", HOLD: "HOLD"}[planned.code]


SETTINGS = [
    ("a = [\n", "settings/not-toml"),
    ('profile = "python-mesh"\nprofile = "python-mesh"\n', "settings/not-toml"),
    ('profil = "python-mesh"\n', "settings/unknown-key"),
    ("profile = 3\n", "settings/value"),
    (b"\xff\xfe", "settings/not-utf8"),
    (b'name = "\x00"', "settings/control-character"),
    ('name = "a\\u001b[31m"\n', "settings/value"),
]


@pytest.mark.parametrize(("text", "code"), SETTINGS)
def test_settings_that_cannot_be_used_stop_every_command(
    shop: Shop, text: str | bytes, code: str
) -> None:
    write("tierline.toml", text)(shop.mesh)
    for command in ("check", "rollout"):
        told = shop.tell(command, "--format", "json")
        assert (told.code, told.out) == (USAGE, "")
        assert code in told.err
        assert "mesh/tierline.toml:" in told.err
        assert "fix: " in told.err


def test_one_team_with_bad_files_does_not_stop_another(shop: Shop) -> None:
    write(CONFIG, "a: b: c\n")(shop.mesh)
    told = shop.tell("plan", "M11", "--format", "json")
    assert (told.code, told.document["decision"]) == (0, "GO"), told.err


def test_names_that_no_terminal_should_see_are_named_in_escapes(shop: Shop) -> None:
    (shop.mesh / "services/core-platform/\x1b[31mred").mkdir()
    Path(os.fsdecode(os.fsencode(shop.mesh / PROFILE) + b"/\xff\xfe.yaml")).touch()
    told = shop.tell("check", "--format", "json")
    found = [f for f in told.document["findings"] if f["code"] == "structure/unusable-path"]
    assert {finding["service_id"] for finding in found} == {None, "M02-Profile-Service"}
    assert told.code == HOLD
    assert shop.tell("check").code == HOLD


def test_very_many_findings_are_bounded_and_fast(shop: Shop) -> None:
    for number in range(3000):
        (shop.mesh / "services/core-platform" / f"X{number}").mkdir()
    text, document = shop.tell("check"), shop.tell("check", "--format", "json")
    assert (text.code, document.code) == (0, 0)
    assert len(text.out.splitlines()) < 12_100
    assert document.document["decision"] == "GO"


def test_a_misspelt_key_of_the_settings_gets_the_nearest_ones(shop: Shop) -> None:
    write("tierline.toml", 'profil = "python-mesh"\n')(shop.mesh)
    told = shop.tell("check")
    assert "mesh/tierline.toml:1:1: `profil`: no such key" in told.err
    assert "did you mean profile" in told.err

"""A mesh of one's own, from nothing to running services; and all that is in the way, told at once."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from mesh_generator import Shape, generate

from e2e.cli.shop import Shop, written
from e2e.rollout.field import TIERLINE
from tierline.scaffold.repository import make_repository
from tierline.scaffold.template import templates

pytestmark = [pytest.mark.required("git"), pytest.mark.slow]

FIRST = ("init", "--service", "M01-Account-Service", "--domain", "core-platform")
SECOND = ("init", "--service", "M02-Order-Service", "--domain", "data-ai", "--owner", "M01")
GO_KIT = Path(__file__).resolve().parents[2] / "meshes/go-mesh/mesh/platform/meshkit"


@pytest.fixture
def place() -> Iterator[Shop]:
    """An empty folder with a machine of its own around it."""
    base = Path(tempfile.mkdtemp(prefix="tc-"))
    (base / "shop").mkdir()
    yield Shop(base / "shop", base)
    shutil.rmtree(base, ignore_errors=True)


def made(place: Shop, profile: str = "python-mesh") -> Shop:
    told = place.tell("init", "--profile", profile)
    assert told.code == 0, told.err
    return place


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def git(place: Shop, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=place.folder, capture_output=True, text=True, check=True
    )
    return done.stdout


@pytest.mark.parametrize("profile", ["go-mesh", "python-mesh"])
def test_an_empty_mesh_is_sound_and_releases_nothing(place: Shop, profile: str) -> None:
    made(place, profile)
    told = place.tell("check", "--format", "json")
    assert (told.code, told.document["decision"]) == (0, "GO")
    codes = {one["code"] for one in told.document["findings"]}
    assert {code for code in codes if not code.endswith("/not-judged")} == {"index/no-services"}
    assert place.tell("index", "check").code == 0
    assert place.tell("index", "generate").err.startswith("the load order is up to date")
    for command in ("ready", "plan", "rollout"):
        refused = place.tell(command)
        assert refused.code == 2
        assert "shop has no services yet" in refused.err
        assert "add one: tierline init --service" in refused.err
    assert git(place, "status", "--porcelain") == ""
    assert git(place, "log", "--format=%s") == "An empty mesh\n"


@pytest.mark.parametrize("inside", [False, True])
def test_the_scripts_work_as_written(place: Shop, inside: bool) -> None:
    made(place)
    assert place.tell(*FIRST).code == 0
    wrapper = place.base / "tierline"
    wrapper.write_text(f'#!/bin/sh\nexec {" ".join(TIERLINE)} "$@"\n')
    wrapper.chmod(0o755)
    folder, root = ("scripts", ".") if inside else ("mesh/scripts", "mesh")
    for script in (
        "generate-mesh-index.sh --check",
        "validate-mesh-structure.sh",
        "run-mesh-gates.sh",
        "gate-mesh1.sh",
        "gate-alias-lineage.sh",
        "gate-mesh-events-contracts.sh",
        "generate-mesh-index.sh",
    ):
        done = subprocess.run(
            ["bash", *f"{folder}/{script} --root-path {root}".split()],
            cwd=place.mesh if inside else place.folder,
            env={**place.environ, "TIERLINE": str(wrapper)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{script}: {done.stdout}{done.stderr}"


def test_services_of_an_own_mesh_run(place: Shop) -> None:
    made(place)
    for command in (FIRST, SECOND):
        told = place.tell(*command)
        assert told.code == 0, told.err
    checked = place.tell("check", "--format", "json")
    assert checked.code == 0
    assert "lifecycle/not-listed" in {one["code"] for one in checked.document["findings"]}
    try:
        code, report = place.rollout("+M02")
        assert (code, report["decision"]) == (0, "GO"), report["blockers"]
        assert report["order"] == ["M01-Account-Service", "M02-Order-Service"]
        assert what_runs(place) == ("ok", "verified in local at this revision")
        (place.mesh / "services/data-ai/M02-order-service/configs/more.yaml").write_text("a: 1\n")
        assert what_runs(place) == ("warn", "verified in local at another revision")
    finally:
        place.tell("down", "--yes")


def what_runs(place: Shop) -> tuple[str, str]:
    """What the checklist says of M02 in this environment."""
    (service,) = place.tell("register", "M02", "--format", "json").document["services"]
    (item,) = [one for one in service["items"] if one["rule"] == "runs"]
    return item["status"], item["message"]


@pytest.mark.required("go")
@pytest.mark.parametrize("own_kit", [False, True])
def test_go_services_are_built_by_the_real_toolchain_and_run(place: Shop, own_kit: bool) -> None:
    """Also in a mesh whose platform has no library for them: then it is in the service."""
    made(place, "go-mesh")
    if own_kit:
        shutil.rmtree(place.mesh / "platform/meshkit")
    offline = place.under(GOPROXY="off", GOFLAGS="", GOTOOLCHAIN="local")
    for command in (FIRST, SECOND):
        told = offline.tell(*command)
        assert told.code == 0, told.err
    home = place.mesh / "services/data-ai/M02-order-service"
    assert (home / "internal/meshkit").exists() is own_kit
    done = subprocess.run(
        ["gofmt", "-l", "."], cwd=place.mesh, capture_output=True, text=True, check=True
    )
    assert done.stdout == ""
    try:
        code, report = offline.rollout("+M02")
        assert (code, report["decision"]) == (0, "GO"), report["blockers"]
    finally:
        offline.tell("down", "--yes")


def test_the_library_of_a_new_go_mesh_is_the_one_that_the_tests_exercise() -> None:
    shipped = dict(templates("go-mesh/platform/meshkit"))
    assert shipped == {path.name: path.read_text() for path in GO_KIT.iterdir()}


def test_a_folder_with_other_things_keeps_them(place: Shop) -> None:
    (place.folder / "notes.txt").write_text("mine")
    git(place, "init", "--quiet")
    told = place.tell("init")
    assert told.code == 0
    assert "nothing is committed" in told.err
    assert (place.folder / "notes.txt").read_text() == "mine"
    assert git(place, "status", "--porcelain").split()[1::2] == ["mesh/", "notes.txt", "skills/"]


def test_every_conflict_is_told_and_nothing_is_written(place: Shop) -> None:
    (place.mesh / "docs").mkdir(parents=True)
    (place.mesh / "README.md").write_text("mine")
    (place.mesh / "scripts").symlink_to(place.base)
    before = written(place.folder)
    told = place.tell("init", "--name", "Not_A_Name")
    assert told.code == 2
    for part in ("Not_A_Name cannot be", "mesh/README.md exists", "mesh/scripts is a link"):
        assert part in told.err
    assert written(place.folder) == before
    assert not (place.base / "README.md").exists()


def test_a_mesh_is_not_made_twice(place: Shop) -> None:
    made(place)
    before = contents(place.mesh)
    told = place.tell("init")
    assert (told.code, "is a mesh already" in told.err) == (2, True)
    assert contents(place.mesh) == before


def test_everything_wrong_with_a_service_is_told_and_nothing_is_written(place: Shop) -> None:
    made(place)
    place.tell(*FIRST)
    before = contents(place.folder)
    told = place.tell(
        *("init", "--service", "M01-Other", "--domain", "data-al", "--port", "8101"),
        *("--owner", "M02", "--owner", "acount"),
    )
    assert told.code == 2
    for part in (
        "mesh/services/services-index.yaml:4:17: M01 is M01-Account-Service, in this mesh",
        "give another id: M02 is free",
        "data-al is no domain of this mesh",
        "--domain data-ai",
        "nobody knows the owner M02",
        "nobody knows the owner acount",
        "port 8101 is the http port of M01-Account-Service",
    ):
        assert part in told.err
    assert contents(place.folder) == before


def test_an_owner_that_would_close_a_cycle_is_refused(place: Shop) -> None:
    made(place)
    place.tell(*FIRST)
    index = place.mesh / "services/services-index.yaml"
    index.write_text(index.read_text().replace("      []", "      - M02-Order-Service", 1))
    told = place.tell(*SECOND)
    assert told.code == 2
    assert "cycle M01-Account-Service -> M02-Order-Service -> M01-Account-Service" in told.err
    alone = place.tell(*SECOND[:-2])
    assert alone.code == 0, alone.err


@pytest.mark.parametrize(
    ("path", "text", "said"),
    [
        ("services/services-index.yaml", "services: [", "mesh/services/services-index.yaml:"),
        (
            "environments/compose/docker-compose.services.yaml",
            "services: &all {a: {image: x}}\nvolumes: {}\n",
            "docker-compose.services.yaml",
        ),
    ],
)
def test_a_shared_file_that_cannot_be_edited_is_named(
    place: Shop, path: str, text: str, said: str
) -> None:
    made(place)
    place.tell(*FIRST)
    (place.mesh / path).write_text(text)
    before = contents(place.folder)
    told = place.tell(*SECOND)
    assert told.code == 2
    assert said in told.err
    assert contents(place.folder) == before


def test_inputs_that_are_no_text_are_named(shop: Shop) -> None:
    profile = shop.folder / "viralForge/specs/service-deployment-profile.md"
    profile.write_bytes(profile.read_bytes() + b"\xff\xfe\n")
    before = contents(shop.folder)
    told = shop.tell("init", "--service", "M15-Refund-Service", "--domain", "data-ai")
    assert told.code == 2
    assert "service-deployment-profile.md: it is not UTF-8 text" in told.err
    assert contents(shop.folder) == before


def test_a_failure_in_the_middle_leaves_the_mesh_as_it_was(place: Shop) -> None:
    made(place)
    before = contents(place.folder)
    if os.geteuid() == 0:
        subprocess.run(["chattr", "+i", place.mesh / "docs"], check=False, capture_output=True)
        probe = place.mesh / "docs/probe"
        try:
            probe.touch()
        except OSError:
            pass
        else:
            probe.unlink()
            pytest.skip("root writes everywhere, and this file system knows no chattr")
    else:
        (place.mesh / "docs").chmod(0o555)
    try:
        told = place.tell(*FIRST)
    finally:
        subprocess.run(["chattr", "-i", place.mesh / "docs"], check=False, capture_output=True)
        (place.mesh / "docs").chmod(0o755)
    assert told.code == 1
    assert "nothing was written" in told.err
    assert contents(place.folder) == before


def test_nothing_is_written_through_a_link(place: Shop) -> None:
    made(place)
    outside = place.base / "outside"
    outside.mkdir()
    (place.mesh / "services/core-platform").symlink_to(outside)
    told = place.tell(*FIRST)
    assert told.code == 2
    assert "is a link, and nothing is written through one" in told.err
    assert list(outside.iterdir()) == []


def test_a_dry_run_writes_nothing_and_says_what_it_would(place: Shop) -> None:
    made(place)
    before = contents(place.folder)
    told = place.tell(*FIRST, "--dry-run")
    assert told.code == 0
    assert told.out.startswith("would add M01-Account-Service to domain core-platform")
    assert "  changed mesh/services/services-index.yaml\n" in told.out
    assert contents(place.folder) == before


def test_undo_takes_back_exactly_this(place: Shop) -> None:
    made(place)
    before = contents(place.mesh)
    told = place.tell(*FIRST)
    commands = told.err.partition("to undo:\n")[2]
    assert commands.count("\n") == 2
    subprocess.run(["sh", "-ec", commands], cwd=place.folder, check=True)
    assert contents(place.mesh) == before
    place.tell(*FIRST)
    second = place.tell(*SECOND)
    assert "had changes already, which git restore would take back too" in second.err


def test_the_canonical_inputs_beside_a_mesh_are_kept_up(shop: Shop) -> None:
    words = ("init", "--service", "M15-Refund-Service", "--domain", "financial-rails")
    told = shop.tell(*words, "--owner", "M08", "--owner", "M32")
    assert told.code == 0, told.err
    assert shop.tell("index", "check").code == 0
    assert shop.tell("index", "generate").err == "index and load order are up to date\n"
    changed = git(shop, "diff", "--name-only", "--", "viralForge").splitlines()
    assert changed == [
        "viralForge/specs/dependencies.yaml",
        "viralForge/specs/service-architecture-map.yaml",
        "viralForge/specs/service-category-map.yaml",
        "viralForge/specs/service-deployment-profile.md",
    ]
    assert shrunk(shop) == {"mesh/docs/dependency-load-order.md"}


@pytest.mark.parametrize(
    "words",
    [
        ("init", "x", "--service", "M01-A"),
        ("init", "--domain", "data-ai"),
        ("init", "--demo", "--profile", "go-mesh"),
        ("init", "--profile", "cobol-mesh"),
        ("init", "--service", "nonsense", "--domain", "data-ai"),
    ],
)
def test_options_that_do_not_fit_are_a_usage_error(place: Shop, words: tuple[str, ...]) -> None:
    if words[1] == "--service":
        made(place)
    assert place.tell(*words).code == 2


@pytest.mark.required("go")
def test_a_service_fits_into_a_mesh_that_tierline_did_not_make(place: Shop) -> None:
    """49 services, externals, an inversion, no library in platform/: nothing gets worse."""
    generate(place.folder, Shape(services=49, edges=34, externals=14, inversions=1))
    make_repository(place.folder, "A mesh")
    before = findings(place)
    owner = min(path.name for path in (place.mesh / "services/core-platform").iterdir())
    told = place.tell(
        *("init", "--service", "M50-New-Thing", "--domain", "data-ai"), "--owner", owner[:3]
    )
    assert told.code == 0, told.err
    assert findings(place) - before == {("lifecycle/not-listed", "M50-New-Thing")}
    assert shrunk(place) <= {"mesh/docs/dependency-load-order.md"}
    subprocess.run(
        ["go", "build", "-o", f"{place.base}/bin/", "./cmd/..."],
        cwd=place.mesh / "services/data-ai/M50-new-thing",
        env={**os.environ, "CGO_ENABLED": "0", "GOPROXY": "off", "GOFLAGS": ""},
        check=True,
    )


def findings(place: Shop) -> set[tuple[str, str | None]]:
    found = place.tell("check", "--format", "json").document["findings"]
    return {(one["code"], one["service_id"]) for one in found}


def shrunk(place: Shop) -> set[str]:
    """Files that lost lines."""
    rows = (line.split("\t") for line in git(place, "diff", "--numstat").splitlines())
    return {path for _, removed, path in rows if removed != "0"}

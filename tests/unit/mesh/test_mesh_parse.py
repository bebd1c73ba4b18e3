"""A whole mesh: sound, and broken in one file at a time; what is broken never hides the rest."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from made.trees import IDS, folder_of, sound_files, tree_of
from tierline.mesh.defect import Defect
from tierline.mesh.model import LocalModule, Port, Workload
from tierline.mesh.parse import parse_mesh, wanted
from tierline.mesh.tree import Entry, Kind

CASES = yaml.safe_load(
    (Path(__file__).parents[2] / "cases/mesh/breaks.yaml").read_text(encoding="utf-8")
)
BREAKS = [(group, case) for group, cases in CASES.items() for case in cases]


def shown(defect: Defect) -> str:
    words = (defect.code, str(defect.place), defect.service_id or "")
    return " ".join(word for word in words if word)


def test_the_sound_mesh_is_read_whole():
    mesh = parse_mesh(tree_of(sound_files()))
    assert mesh.defects == ()
    assert tuple(mesh.services) == IDS
    profile = mesh.services["M03-Profile-Service"]
    assert (profile.tier, profile.domain, profile.short_id) == (2, "data-ai", "M03")
    assert profile.path == folder_of("M03-Profile-Service")
    assert profile.owners == ("M02-Authentication",)
    assert profile.externals == ("X40-Legal-Archive",)
    assert profile.consumes == ("user.signed_in",)
    assert not profile.serves_http
    assert profile.workloads == (
        Workload("api", "go", "cmd/api/main.go"),
        Workload("worker", "go", "cmd/worker/main.go"),
    )
    assert mesh.services["M02-Authentication"].produces == ("user.signed_in",)
    assert mesh.services["M02-Authentication"].serves_http


def test_what_belongs_to_a_service_comes_with_its_place():
    mesh = parse_mesh(tree_of(sound_files()))
    service = mesh.services["M03-Profile-Service"]
    assert service.config is not None
    assert service.config.ports == (Port("http", 8080), Port("grpc", 9090))
    assert service.config.dependencies == {
        "postgres_url": "${POSTGRES_URL}", "kafka_brokers": ("${KAFKA}",)
    }  # fmt: skip
    assert service.config.places["service.http_port"].line == 4
    assert service.places["dbr_deps:X40-Legal-Archive"].line == 31
    assert service.module is not None
    assert [(m.name, m.path, m.place.line) for m in service.module.local] == [
        ("example.org/mesh/contracts", "contracts", 7)
    ]
    assert mesh.modules["contracts"].name == "example.org/mesh/contracts"
    assert mesh.workspace is not None
    assert [m.path for m in mesh.workspace] == [folder_of(name) for name in IDS]
    assert mesh.events["user.signed_in"].version == "1.0"
    assert mesh.variables["KAFKA"] == "127.0.0.1:9092"


def test_the_load_order_keeps_the_line_of_each_statement():
    order = parse_mesh(tree_of(sound_files())).load_order
    assert order is not None
    assert (order.total, order.cycles) == (3, 0)
    assert order.levels == tuple((name,) for name in IDS)
    assert order.tiers == tuple((name,) for name in IDS)
    assert order.matrix["M03-Profile-Service"] == ("M02-Authentication",)
    assert order.places["matrix:M03-Profile-Service"].line == 33
    assert order.places["level:2"].line == 18


@pytest.mark.parametrize(("group", "case"), BREAKS, ids=lambda case: str(case)[:60])
def test_one_broken_file(group: str, case: dict[str, object]):
    files = sound_files()
    path = str(case["file"])
    if case.get("remove"):
        del files[path]
    elif isinstance(edit := case.get("edit"), list):
        assert edit[0] in files[path]
        files[path] = files[path].replace(edit[0], edit[1], 1)
    else:
        files[path] = str(case["content"])
    mesh = parse_mesh(tree_of(files))
    assert sorted(shown(d) for d in mesh.defects) == sorted(case["found"])  # type: ignore[call-overload] - from YAML
    assert all(d.message and d.message.isprintable() for d in mesh.defects)
    assert all(d.fix and d.code.count("/") == 1 for d in mesh.defects)
    index_stands = "structure/undeclared-folder" not in str(case["found"])
    assert not index_stands or tuple(mesh.services) == IDS


@pytest.mark.parametrize("path", sorted(path for path in sound_files() if path != ".env.example"))
@pytest.mark.parametrize(
    "entry",
    [Entry(Kind.ESCAPE), Entry(Kind.OTHER, trouble="a socket"), Entry(Kind.FOLDER),
     Entry(Kind.UNREADABLE, trouble="Permission denied"),
     Entry(Kind.FILE, 10**8, None, "100000000 bytes (limit 33554432)")],
    ids=lambda entry: f"{entry.kind}{entry.size or ''}",
)  # fmt: skip
def test_a_file_without_content_is_a_defect_that_says_why(path: str, entry: Entry):
    mesh = parse_mesh(tree_of({**sound_files(), path: entry}))
    if not wanted(path):
        return
    expected = entry.trouble or entry.kind.value
    told = [d for d in mesh.defects if d.place.path == f"mesh/{path}"]
    assert told or (entry.kind is Kind.FOLDER and path.startswith("contracts/events/"))
    assert not entry.trouble or any(expected in d.message for d in told)


def test_links_that_leave_and_names_that_cannot_be_shown_are_the_services_findings():
    folder = folder_of("M03-Profile-Service")
    entries = {
        f"{folder}/secrets": Entry(Kind.ESCAPE),
        "docs/a\\x1b.md": Entry(Kind.OTHER, trouble="control characters in its name"),
    }
    mesh = parse_mesh(tree_of({**sound_files(), **entries}))
    assert [shown(d) for d in mesh.defects] == [
        "structure/unusable-path mesh/docs/a\\x1b.md",
        f"structure/link-leaves-mesh mesh/{folder}/secrets M03-Profile-Service",
    ]


def test_an_empty_mesh_says_what_it_lacks():
    mesh = parse_mesh(tree_of({}))
    assert mesh.services == {}
    assert [d.code for d in mesh.defects] == [
        "load-order/missing-file", "lifecycle/missing-file", "index/missing-file",
        "lifecycle/missing-file",
    ]  # fmt: skip


def test_an_owner_that_nobody_knows_is_a_defect_only_where_the_map_is():
    architecture = (
        "services:\n"
        + "".join(f"  {name}:\n    architecture: microservice\n" for name in IDS)
        + "  X41-Old-Monolith:\n    architecture: monolith\n"
    )
    canonical = tree_of({"service-architecture-map.yaml": architecture}, "viralForge/specs")
    mesh = parse_mesh(tree_of(sound_files()), canonical)
    assert [(shown(d), d.fix) for d in mesh.defects] == [
        ("owners/unknown mesh/services/services-index.yaml:31:9 M03-Profile-Service",
         "correct or drop it")
    ]  # fmt: skip
    assert mesh.services["M03-Profile-Service"].externals == ("X40-Legal-Archive",)
    known = tree_of(
        {
            "service-architecture-map.yaml": architecture.replace(
                "X41-Old-Monolith", "X40-Legal-Archive"
            )
        }
    )
    assert parse_mesh(tree_of(sound_files()), known).defects == ()


def test_a_service_in_two_domains_and_one_in_another():
    files = sound_files()
    other = {
        path.replace("services/data-ai/", "services/integrations/"): text
        for path, text in files.items()
        if "M03-profile-service" in path
    }
    mesh = parse_mesh(tree_of({**files, **other}))
    assert [d.code for d in mesh.defects] == ["structure/several-folders"]
    assert mesh.services["M03-Profile-Service"].path == ""
    moved = {
        path: text for path, text in files.items() if "M03-profile-service" not in path
    } | other
    mesh = parse_mesh(tree_of(moved))
    assert [d.code for d in mesh.defects] == ["structure/wrong-domain"]
    assert mesh.services["M03-Profile-Service"].path.startswith("services/integrations/")


def test_folders_of_that_name_elsewhere_do_not_count():
    files = sound_files() | {
        "tests/fixtures/services/data-ai/M03-profile-service/README.md": "x",
        "services/data-ai/M03-profile-service/testdata/M03-profile-service/README.md": "x",
        "services/_templates/M03-profile-service/README.md": "x",
    }
    assert parse_mesh(tree_of(files)).defects == ()


def test_settings_take_short_ids_and_win_over_what_is_found():
    files = sound_files() | {
        "tierline.toml": (
            'name = "shop"\n[services.M03.run]\nworker = ["./bin/worker", "--once"]\n'
            '[services.M03.addresses]\nauth_url = "M02"\narchive_url = "X40-Legal-Archive"\n'
            '[local.variables]\nKAFKA = "127.0.0.1:1"\n[policy.requirements]\nlogs = "required"\n'
        ),
        ".env": "KAFKA=127.0.0.1:2\nOWN=1\n",
    }
    mesh = parse_mesh(tree_of(files))
    assert mesh.defects == ()
    assert mesh.name == "shop"
    assert mesh.settings.addresses == {
        "M03-Profile-Service": {
            "auth_url": "M02-Authentication", "archive_url": "X40-Legal-Archive"
        }
    }  # fmt: skip
    assert mesh.services["M03-Profile-Service"].workloads[1] == Workload(
        "worker", "argv", "./bin/worker", ("./bin/worker", "--once")
    )
    assert mesh.variables["KAFKA"] == "127.0.0.1:1"
    assert mesh.variables["OWN"] == "1"
    assert mesh.settings.tightening == {"requirements": {"logs": "required"}}


def test_python_services_and_their_path_dependencies():
    files = {path: text for path, text in sound_files().items() if "go." not in path}
    files = {path.replace("main.go", "main.py"): text for path, text in files.items()}
    folder = folder_of("M02-Authentication")
    files[f"{folder}/pyproject.toml"] = (
        '[project]\nname = "auth"\ndependencies = ["kit", "old @ file:../../../platform/old"]\n'
        '[tool.uv.sources]\nkit = { path = "../../../platform/kit" }\n'
    )
    files["tierline.toml"] = 'profile = "python-mesh"\n'
    mesh = parse_mesh(tree_of(files))
    assert mesh.defects == ()
    service = mesh.services["M02-Authentication"]
    assert [w.language for w in service.workloads] == ["python", "python"]
    assert service.module is not None
    place = replace(service.module.place, line=5)
    assert service.module.local == (
        LocalModule("kit", "platform/kit", place),
        LocalModule("old", "platform/old", replace(place, line=3)),
    )


def test_scripts_of_a_package_are_workloads_by_name():
    files = sound_files()
    folder = folder_of("M02-Authentication")
    files = {path: text for path, text in files.items() if not path.startswith(f"{folder}/cmd")}
    files[f"{folder}/package.json"] = '{"scripts": {"api": "node api.js", "lint": "eslint"}}'
    mesh = parse_mesh(tree_of(files))
    assert mesh.services["M02-Authentication"].workloads == (
        Workload("api", "node", "package.json"),
    )


def test_what_a_mesh_does_not_need_is_not_wanted():
    assert wanted("services/data-ai/M03-x/configs/default.yaml")
    assert wanted("contracts/events/a.json")
    assert wanted("platform/go.mod")
    assert not wanted("services/data-ai/M03-x/node_modules/x/package.json")
    assert not wanted("services/data-ai/M03-x/internal/configs/default.yaml")
    assert not wanted("services/data-ai/M03-x/testdata/go.mod")
    assert not wanted("contracts/events/deep/a.json")

"""The context of a release: what is known, what is said to be missing, and no secret anywhere."""

from __future__ import annotations

import json
from importlib.resources import files

import pytest
from jsonschema import Draft202012Validator

from made.contexts import SECRET, context_files, context_of_files
from made.small_mesh import BUS, FEED, PROFILE, folder
from tierline.context.codes import CONTEXT_CODES
from tierline.context.deployment import pin_of
from tierline.context.model import Release, Standing
from tierline.report.context_document import context_json
from tierline.report.context_markdown import context_markdown
from tierline.report.context_overview import all_findings, all_inputs
from tierline.report.context_text import context_text

SCHEMA = json.loads((files("tierline.report") / "schemas/context-1.json").read_text())


def found(release: Release, service_id: str | None) -> dict[str, list[str]]:
    told: dict[str, list[str]] = {}
    for one in all_findings(release):
        if one.service_id == service_id:
            told.setdefault(one.code.removeprefix("context/"), []).append(one.message)
    return told


def test_no_secret_is_in_any_rendering():
    release = context_of_files(context_files())
    for text in (context_text(release), context_markdown(release), context_json(release)):
        assert SECRET not in text


def test_the_document_fits_its_schema():
    for chosen in ((), (FEED,)):
        document = json.loads(context_json(context_of_files(context_files(), chosen)))
        Draft202012Validator(SCHEMA).validate(document)
        assert set(document) == set(SCHEMA["properties"])


def test_what_is_missing_or_doubtful_is_said():
    files = context_files()
    files[f"{folder(PROFILE)}/deploy/k8s/hpa.yaml"] = "kind: HorizontalPodAutoscaler\n"
    release = context_of_files(files)
    assert set(found(release, FEED)) == {
        "no-probe", "no-resources", "moving-image", "undefined-variable", "unknown-address",
        "migration-number", "no-target",
    }  # fmt: skip
    assert set(found(release, None)) >= {
        "no-script", "undocumented-script", "not-understood", "loose-contract",
    }  # fmt: skip
    assert found(release, PROFILE)["manifests/missing-key"]


def test_who_is_around_a_service_and_where():
    sheet = context_of_files(context_files(), (FEED, BUS)).sheets[FEED]
    assert [(one.service_id, str(one.where), one.batch) for one in sheet.owners] == [
        (PROFILE, "mesh", "t1-l1"),
        (BUS, "release", "t0-l0"),
    ]
    assert (sheet.order.batch, sheet.order.stated_level, sheet.order.stated_tier) == ("t2-l2", 2, 2)


def test_addresses_mean_owners_systems_or_nobody():
    sheet = context_of_files(context_files(), (FEED,)).sheets[FEED]
    assert [(one.key, one.kind, one.means, one.shown) for one in sheet.dependencies] == [
        ("profile_http_url", "owner", PROFILE, "http://profile:8080"),
        ("redis_url", "infrastructure", "redis", "redis://redis:6379/…"),
        ("vector_url", "unknown", "", "${VECTOR_URL}"),
        ("strange", "unknown", "", "(not shown)"),
    ]
    assert sheet.telemetry is not None
    assert sheet.telemetry.variables[0].defined_by == (".env.example:2",)
    assert [(one.name, one.number, one.source) for one in sheet.ports] == [
        ("http", 8080, "configuration"),
        ("http", 8100, "variable HTTP_PORT"),
    ]


def test_commands_of_the_local_guide_go_where_they_apply():
    release = context_of_files(context_files(), (FEED,))
    assert [one.text for one in release.mesh_commands] == ["docker compose up -d"]
    sheet = release.sheets[FEED]
    assert [one.text for one in sheet.local.commands] == ["make run", "go run ./cmd/worker"]
    assert [one.text for one in sheet.local.said] == ["M20 needs FEED_TOKEN=(not shown) to start."]
    assert release.local_dev is not None
    assert [one.name for one in release.local_dev.infrastructure] == ["postgresql"]


@pytest.mark.parametrize(
    ("changed", "due"),
    [
        (None, "if-contracts"),
        ((), "no"),
        (("contracts/README.md", "services/x"), "no"),
        (("contracts/proto/a.proto",), "contracts"),
    ],
)
def test_contract_scripts_are_due_when_contracts_changed(changed, due: str):
    release = context_of_files(context_files(), (FEED,), changed)
    told = {step.name: step.due for step in release.steps}
    assert told["contracts-buf-lint.sh"] == due
    assert told["generate-mesh-index.sh"] == told["run-mesh-gates.sh"] == "always"
    assert told["extra.sh"] == told["lost.sh"] == "own"


def test_every_input_is_listed_with_its_standing():
    files_ = context_files()
    gone = f"{folder(FEED)}/deploy/compose/service.compose.yaml"
    del files_[gone]
    files_["scripts/README.md"] = "\x00"
    release = context_of_files(files_, (FEED,))
    standing = {one.path: one.standing for one in all_inputs(release)}
    assert standing[f"mesh/{gone}"] is Standing.ABSENT
    assert standing["mesh/scripts/README.md"] is Standing.UNREADABLE
    assert standing["mesh/docs/local-dev.md"] is Standing.READ
    assert {one.digest for one in all_inputs(release) if one.standing is Standing.ABSENT} == {""}
    assert release.sheets[FEED].compose is None


def test_the_digest_is_that_of_the_inputs_alone():
    first = context_of_files(context_files(), (FEED,)).digest
    other = context_files() | {"README.md": "something else\n"}
    assert context_of_files(other, (FEED,)).digest == first
    other["docs/local-dev.md"] += "\nMore.\n"
    assert context_of_files(other, (FEED,)).digest != first


@pytest.mark.parametrize(
    ("reference", "pin"),
    [
        ("a@sha256:0123456789abcdef0123456789abcdef", "digest"), ("a:1.2", "version"), ("a", "moving"),
        ("reg:5000/a", "moving"), ("reg:5000/a:Latest", "moving"), ("a:${TAG}", "variable"),
        ("${REG}/a:1", "version"), ("${IMAGE}", "variable"), ("", "none"), ("(not shown)", "none"),
    ],
)  # fmt: skip
def test_how_firmly_an_image_is_named(reference: str, pin: str):
    assert pin_of(reference) == pin


def test_codes_are_each_told_once():
    codes = [one.code for one in CONTEXT_CODES]
    assert len(codes) == len(set(codes))

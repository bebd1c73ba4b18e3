"""What a release would change, as people and machines see it."""

from __future__ import annotations

import json
from importlib.resources import files

from jsonschema import Draft202012Validator

from tierline.facts.decision import Decision
from tierline.facts.difference import (
    Change,
    Comparison,
    FieldChange,
    Hindrance,
    ObjectChange,
    Orphan,
    ServiceChange,
)
from tierline.report.diff_document import diff_json
from tierline.report.diff_text import diff_markdown, diff_text
from tierline.report.follow_up import of_orphans

CHANGED = ServiceChange(
    "M01-Orders",
    (
        ObjectChange("ConfigMap", "orders", Change.SAME),
        ObjectChange("Deployment", "orders", Change.CHANGE, (
            FieldChange("spec.replicas", "2", "3"),
            FieldChange("metadata.labels.team", '"a|b"', ""),
            FieldChange("metadata.labels.crew", "", '"a"'),
        )),
        ObjectChange("Service", "old", Change.REMOVE),
    ),
)  # fmt: skip
REFUSED = ServiceChange(
    "M02-Bills",
    (ObjectChange("Ingress", "b", Change.REFUSED, (), "apply/forbidden", "it may not be"),),
)
UNKNOWN = ServiceChange("M03-Mail", (), (Hindrance("image/not-pinned", "no digest", unknown=True),))
STILL = ServiceChange("M04-Cats", (ObjectChange("Service", "cats", Change.SAME),))
ORPHANS = (Orphan("M99-Gone", "Service", "gone"),)


def compared(*services: ServiceChange) -> Comparison:
    return Comparison("shop", "eu", "namespace shop-eu", services, ORPHANS, ("Namespace shop",))


ALL = compared(CHANGED, REFUSED, UNKNOWN, STILL)


def test_the_text_says_what_becomes_of_each_object() -> None:
    assert diff_text(ALL, 80) == (
        "M01-Orders: 1 changed, 1 removed\n"
        "  ~ Deployment orders\n"
        "      spec.replicas: 2 -> 3\n"
        '      metadata.labels.team: "a|b" goes\n'
        '      metadata.labels.crew: "a" is new\n'
        "  - Service old\n"
        "\n"
        "M02-Bills: 1 refused\n"
        "  ! Ingress b\n"
        "      it may not be (apply/forbidden)\n"
        "\n"
        "M03-Mail: HOLD\n"
        "  ? no digest (image/not-pinned)\n"
        "\n"
        "M04-Cats: nothing changes\n"
        "\n"
        "orphans: of no service that the mesh declares\n"
        "  Service gone  (M99-Gone)\n"
        "\n"
        "of no service, so not applied: Namespace shop\n"
        "\n"
        "2 of 4 services would change in namespace shop-eu; 1 would be refused; 1 cannot\n"
        "be told; 1 orphans\n"
    )


def test_it_is_as_bad_as_the_worst_service_and_differences_are_not_bad() -> None:
    assert compared(CHANGED, STILL).decision is Decision.GO
    assert compared(CHANGED, UNKNOWN).decision is Decision.HOLD
    assert ALL.decision is Decision.NO_GO


def test_the_document_fits_its_schema() -> None:
    schema = json.loads((files("tierline.report") / "schemas/diff-1.json").read_text())
    document = json.loads(diff_json(ALL))
    Draft202012Validator(schema).validate(document)
    assert document["services"][0]["objects"][1]["fields"][1] == {
        "path": "metadata.labels.team", "before": '"a|b"', "after": None,
    }  # fmt: skip


def test_markdown_is_safe_in_its_table() -> None:
    assert '| changed | Deployment `orders` | `metadata.labels.team` | `"a\\|b"` | |' in (
        diff_markdown(ALL).replace("|  |", "| |")
    )


def test_an_orphan_is_ended_by_a_command_that_a_person_gives() -> None:
    (step,) = of_orphans(ORPHANS, "shop-eu")
    assert step.command == "kubectl -n shop-eu delete service gone"
    assert step.purpose == "an orphan: the mesh has no M99-Gone any more"

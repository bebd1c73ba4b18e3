"""In which fields two versions of an object differ, and what of it may be shown."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tierline.facts.difference import FieldChange
from tierline.targets.kubernetes.difference import bare, differing
from tierline.targets.kubernetes.stamping import Effect, stamped

Object = dict[str, Any]
DEPLOYMENT: Object = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "orders", "labels": {"team": "a"}},
    "spec": {
        "replicas": 2,
        "template": {
            "metadata": {"labels": {"app": "orders"}},
            "spec": {
                "containers": [
                    {"name": "api", "image": "a", "env": [{"name": "DB_PASSWORD", "value": "x"}]}
                ]
            },
        },
    },
}


def live(**told: str) -> Object:
    """As the server shows it after an effect."""
    otlp = told.get("otlp", "")
    effect = Effect("M01-Orders", "f" * 32, "R-1/M01-Orders/apply/1", 3, otlp)
    item = stamped(DEPLOYMENT, effect)
    item["metadata"] |= {"uid": "u", "resourceVersion": "7", "generation": 2, "managedFields": []}
    item["metadata"]["annotations"]["deployment.kubernetes.io/revision"] = "4"
    item["metadata"]["labels"]["tierline.dev/service"] = "M01-Orders"
    item["status"] = {"replicas": 2}
    return item


def test_what_tierline_and_the_server_add_is_no_difference() -> None:
    assert bare(live()) == DEPLOYMENT
    assert differing(live(), DEPLOYMENT) == ()


def test_fields_are_told_by_their_path_and_list_entries_by_their_name() -> None:
    after = copy.deepcopy(DEPLOYMENT)
    after["spec"]["replicas"] = 3
    box = after["spec"]["template"]["spec"]["containers"][0]
    box["image"] = "b"
    box["args"] = ["-v"]
    del after["metadata"]["labels"]
    place = "spec.template.spec.containers[api]"
    assert differing(live(), after) == (
        FieldChange("metadata.labels.team", '"a"', ""),
        FieldChange("spec.replicas", "2", "3"),
        FieldChange(f"{place}.args[0]", "", '"-v"'),
        FieldChange(f"{place}.image", '"a"', '"b"'),
    )


@pytest.mark.parametrize(
    ("kind", "key", "hidden"),
    [
        ("Secret", "anything", True),
        ("ConfigMap", "API_TOKEN", True),
        ("ConfigMap", "MODE", False),
    ],
)
def test_secrets_are_told_as_hashes(kind: str, key: str, hidden: bool) -> None:
    before: Object = {"kind": kind, "metadata": {"name": "x"}, "data": {key: "one"}}
    after: Object = {**before, "data": {key: "two"}}
    (found,) = differing(before, after)
    assert found.path == f"data.{key}"
    assert found.before.startswith("sha256:") is hidden
    assert ("one" not in found.before) is hidden


def test_a_secretive_variable_is_told_as_its_hash() -> None:
    after = copy.deepcopy(DEPLOYMENT)
    after["spec"]["template"]["spec"]["containers"][0]["env"][0]["value"] = "hunter2"
    (found,) = differing(DEPLOYMENT, after)
    assert found.path.endswith("env[DB_PASSWORD].value")
    assert "hunter2" not in found.after

"""Manifests become the objects of one environment: placed, labelled, pinned, or refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tierline.facts.images import Image
from tierline.targets.kubernetes.objects import inside, listed, name_of, template_of
from tierline.targets.kubernetes.reading import objects_in
from tierline.targets.kubernetes.rendering import Placement, Rendered, render
from tierline.targets.kubernetes.stamping import Effect, stamped

PINNED = "registry.example/orders@sha256:" + "ab" * 32
IMAGES = {"shop/orders": Image("shop/orders", PINNED, "5" * 32)}
PLACE = Placement("shop", "eu", "shop-eu", IMAGES)
MANIFESTS = b"""\
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: orders}
spec: {scaleTargetRef: {kind: Deployment, name: orders}, minReplicas: 2, maxReplicas: 3}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: orders, labels: {team: a}, uid: forged, resourceVersion: "7"}
spec:
  replicas: 3
  selector: {matchLabels: {app: orders}}
  template:
    metadata: {labels: {app: orders}}
    spec:
      containers:
        - {name: api, image: "shop/orders:1.0", envFrom: [{configMapRef: {name: orders}}]}
status: {replicas: 9}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: orders}
data: {MODE: "on", LIMIT: "0644"}
"""


def rendered(text: bytes = MANIFESTS, place: Placement = PLACE) -> Rendered:
    found = objects_in(text, "orders.yaml")
    assert found is not None
    return render("M01-Orders", ("api",), found, place)


def codes(text: str, place: Placement = PLACE) -> list[str]:
    return [one.code for one in rendered(text.encode(), place).troubles]


def test_objects_are_placed_labelled_and_ordered() -> None:
    found = rendered()
    assert found.troubles == ()
    assert [one["kind"] for one in found.objects] == [
        "ConfigMap", "Deployment", "HorizontalPodAutoscaler",
    ]  # fmt: skip
    own = {
        "tierline.dev/mesh": "shop",
        "tierline.dev/environment": "eu",
        "tierline.dev/service": "M01-Orders",
    }
    deployment = found.objects[1]
    assert deployment["metadata"] == {
        "name": "orders", "namespace": "shop-eu", "labels": {"team": "a", **own},
    }  # fmt: skip
    assert "status" not in deployment
    template = template_of(deployment)
    assert template is not None
    assert template["metadata"]["labels"] == {
        "app": "orders",
        **own,
        "tierline.dev/workload": "api",
    }
    assert listed(template, "spec", "containers")[0]["image"] == PINNED
    assert found.sources == {"shop/orders": "5" * 32}


def test_an_autoscaler_says_how_many_there_are() -> None:
    assert "replicas" not in rendered().objects[1]["spec"]


def test_a_change_of_configuration_makes_new_pods_and_another_revision() -> None:
    before, after = rendered(), rendered(MANIFESTS.replace(b'"on"', b'"off"'))

    def told(found: Rendered) -> Any:
        return inside(found.objects[1], "spec", "template", "metadata", "annotations")

    assert told(before)["tierline.dev/configuration"] != told(after)["tierline.dev/configuration"]
    assert before.digest != after.digest
    assert before.digest == rendered().digest


@pytest.mark.parametrize(
    ("was", "now", "code"),
    [
        ("kind: ConfigMap", "kind: Secret", "manifest/secret"),
        ("kind: ConfigMap", "kind: ClusterRole", "manifest/kind"),
        ("kind: ConfigMap\nmetadata: {name: orders}", "kind: ConfigMap\nmetadata: {}", "manifest/kind"),
        ("{name: orders}\ndata", "{name: orders, namespace: kube-system}\ndata", "manifest/namespace"),
        ("shop/orders:1.0", "shop/other:1.0", "image/not-pinned"),
        ("name: api", "name: main", ""),
    ],
)  # fmt: skip
def test_what_must_not_be_applied_is_told(was: str, now: str, code: str) -> None:
    text = MANIFESTS.decode()
    assert was in text
    assert codes(text.replace(was, now)) == ([code] if code else [])


def test_a_workload_that_nothing_runs_is_told() -> None:
    found = objects_in(MANIFESTS, "x")
    assert found is not None
    troubles = render("M01-Orders", ("api", "worker"), found, PLACE).troubles
    assert [(one.code, one.unknown) for one in troubles] == [("manifest/no-workload", False)]


def test_only_trusted_registries_count() -> None:
    place = Placement("shop", "eu", "shop-eu", IMAGES, ("ghcr.io",))
    assert codes(MANIFESTS.decode(), place) == ["image/registry"]
    place = Placement("shop", "eu", "shop-eu", IMAGES, ("registry.example",))
    assert codes(MANIFESTS.decode(), place) == []


def test_the_same_name_twice_is_told() -> None:
    twice = MANIFESTS.decode() + "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: orders}\n"
    assert codes(twice) == ["manifest/twice"]


def test_nothing_to_apply_is_told() -> None:
    assert codes("") == ["manifest/none"]


@pytest.mark.parametrize(
    "text",
    ["kind: Deployment\napiVersion: apps/v1\nmetadata: {name: a}\nspec: 5\n",
     "kind: Deployment\napiVersion: apps/v1\nmetadata: [1]\nspec: {template: {spec: {containers: 7}}}\n",
     "kind: [a]\napiVersion: {b: c}\n"],
)  # fmt: skip
def test_odd_shapes_are_troubles_and_no_crash(text: str) -> None:
    assert rendered(text.encode()).troubles


def test_scalars_are_read_as_kubectl_reads_them() -> None:
    found = objects_in(b"kind: X\na: on\nb: 0644\nc: 22:22\nd: ~\ne: 1.5\nf: '7'\n", "x")
    assert found == (
        {"kind": "X", "a": True, "b": 420, "c": "22:22", "d": None, "e": 1.5, "f": "7"},
    )


def test_what_is_no_yaml_is_unread() -> None:
    assert objects_in(b"a: [", "x") is None


def test_an_effect_marks_objects_and_their_pods() -> None:
    effect = Effect("M01-Orders", "f" * 32, "R-1/M01-Orders/apply/1", 7, "http://10.0.0.1:4318")
    item = rendered().objects[1]
    made = stamped(item, effect)
    annotations = made["metadata"]["annotations"]
    assert (annotations["tierline.dev/key"], annotations["tierline.dev/fence"]) == (effect.key, "7")
    template = template_of(made)
    assert template is not None
    assert template["metadata"]["annotations"]["tierline.dev/key"] == effect.key
    assert "tierline.dev/fence" not in template["metadata"]["annotations"]
    names = [one["name"] for one in listed(template, "spec", "containers")[0]["env"]]
    assert names == [
        "TIERLINE_POD_NAME", "TIERLINE_POD_UID", "OTEL_RESOURCE_ATTRIBUTES",
        "OTEL_EXPORTER_OTLP_ENDPOINT",
    ]  # fmt: skip
    assert name_of(item) == "orders"
    assert "annotations" not in item["metadata"]


def test_a_higher_fence_alone_does_not_replace_pods() -> None:
    item = rendered().objects[1]
    one = stamped(item, Effect("M01-Orders", "f" * 32, "k", 7))
    other = stamped(item, Effect("M01-Orders", "f" * 32, "k", 8))
    assert one["spec"] == other["spec"]


def test_values_of_the_environment_take_the_place_of_the_mesh_own() -> None:
    text = MANIFESTS.replace(
        b'"shop/orders:1.0",', b'"shop/orders:1.0", env: [{name: MODE, value: x}],'
    )
    found = rendered(text, replace(PLACE, values={"MODE": "eu", "OTHER": "y"}))
    assert found.objects[0]["data"] == {"MODE": "eu", "LIMIT": "0644"}
    template = template_of(found.objects[1])
    assert template is not None
    assert listed(template, "spec", "containers")[0]["env"] == [{"name": "MODE", "value": "eu"}]

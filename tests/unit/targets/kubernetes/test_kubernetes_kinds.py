"""Objects of a mesh's own kinds: what they wait for, how they are rendered, which of them a cluster serves."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from made.pods import KEY, LABELS, RUNNING, Object, deployment, pod
from tierline.facts.images import Image
from tierline.facts.observation import Fault
from tierline.mesh.settings_kinds import BUILT_IN, KindRule
from tierline.targets.kubernetes import rules
from tierline.targets.kubernetes.answers import ApiRefusal
from tierline.targets.kubernetes.api import Api
from tierline.targets.kubernetes.catalogue import Catalogue
from tierline.targets.kubernetes.difference import differing
from tierline.targets.kubernetes.objects import (
    KINDS,
    POD,
    Kind,
    annotation_of,
    runs_pods,
    template_of,
)
from tierline.targets.kubernetes.reading import objects_in
from tierline.targets.kubernetes.rendering import Placement, Rendered, render
from tierline.targets.kubernetes.stamping import Effect, stamped
from tierline.targets.kubernetes.view import View

CASES = yaml.safe_load(
    (Path(__file__).parents[3] / "cases" / "kubernetes-kinds.yaml").read_text(encoding="utf-8")
)
PINNED = "registry.example/orders@sha256:" + "ab" * 32
WIDGET = KindRule("example.io/v1", "Widget", {"status.phase": ("Active",)})
ROLLOUT = KindRule("example.io/v1", "Rollout", {"status.phase": ("Healthy",)})
PLACE = Placement(
    "shop",
    "eu",
    "shop-eu",
    {"shop/orders": Image("shop/orders", PINNED, "5" * 32)},
    kinds={"example.io/v1/Widget": WIDGET, "example.io/v1/Rollout": ROLLOUT},
    allowed=frozenset({"Widget", "Rollout"}),
)
MANIFESTS = """\
apiVersion: example.io/v1
kind: Widget
metadata: {name: w}
spec: {template: {metadata: {name: made}}}
---
apiVersion: example.io/v1
kind: Rollout
metadata: {name: orders}
spec:
  replicas: 2
  template:
    metadata: {labels: {app: orders}}
    spec: {containers: [{name: api, image: "shop/orders:1.0"}]}
---
apiVersion: v1
kind: Service
metadata: {name: orders}
"""


def rendered(text: str, place: Placement = PLACE) -> Rendered:
    found = objects_in(text.encode(), "orders.yaml")
    assert found is not None
    return render("M01-Orders", ("api",), found, place)


def widget(rule: KindRule | None = WIDGET, key: str = KEY, **told: Any) -> Object:
    annotations = {"tierline.dev/key": key}
    if rule is not None:
        annotations["tierline.dev/ready"] = rules.written(rule)
    metadata: Object = {"name": "w", "generation": 2, "labels": LABELS, "annotations": annotations}
    if told.pop("ending", False):
        metadata["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    return {"apiVersion": "example.io/v1", "kind": "Widget", "metadata": metadata, **told}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"])
def test_what_an_object_waits_for(case: Any) -> None:
    rule = KindRule(
        "example.io/v1",
        "Widget",
        {path: tuple(wanted) for path, wanted in case["ready"].items()},
        {path: tuple(wanted) for path, wanted in case.get("failed", {}).items()},
        case.get("observed_generation", True),
    )
    item = widget(rule, ending=case.get("ending", False), status=case.get("status", {}))
    assert rules.rule_of(item) == rule
    fault = Fault("start/object", case["fault"]) if "fault" in case else None
    assert (rules.waits_for(item), rules.fault_of(item)) == (case.get("waits", ""), fault)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"ready": 3}', "[" * 5000])
def test_without_a_rule_that_can_be_read_it_is_never_ready(text: str) -> None:
    item = widget(None, status={"observedGeneration": 2, "phase": "Active"})
    item["metadata"]["annotations"]["tierline.dev/ready"] = text
    told = "Widget w: it carries no rule that says when it is ready"
    assert (rules.waits_for(item), rules.fault_of(item)) == (told, None)


def seen(*items: Object) -> tuple[bool, str]:
    view = View()
    for item in items:
        view.put(item["kind"], item["metadata"]["name"], item)
    found = view.seen("M01-Orders", 5.0)
    return found.settled, found.waits


def test_a_service_is_settled_when_its_own_kinds_are_ready_too() -> None:
    well = {"observedGeneration": 2, "phase": "Active"}
    others = (deployment(), pod(state=RUNNING))
    assert seen(*others, widget(status=well)) == (True, "")
    waits = "Widget w: status.phase is Pending, expected Active"
    assert seen(*others, widget(status={**well, "phase": "Pending"})) == (False, waits)
    assert seen(*others, widget(status=well, ending=True)) == (False, "Widget w: it is ending")


def test_what_the_effect_before_had_decides_nothing_while_it_goes() -> None:
    rule = replace(WIDGET, failed={"status.phase": ("Failed",)})
    failed = {"observedGeneration": 2, "phase": "Failed"}
    for ending in (True, False):
        before = widget(rule, "R-0/M01-Orders/apply/1", ending=ending, status=failed)
        view = View()
        for item in (deployment(), pod(state=RUNNING), before):
            view.put(item["kind"], item["metadata"]["name"], item)
        found = view.seen("M01-Orders", 5.0)
        assert (found.settled, found.fault) == (True, None)


def test_objects_are_rendered_with_their_rule_and_before_what_may_need_them() -> None:
    found = rendered(MANIFESTS)
    assert found.troubles == ()
    assert [one["kind"] for one in found.objects] == ["Service", "Widget", "Rollout"]
    _, one, roll = found.objects
    assert rules.rule_of(one) == WIDGET
    assert rules.rule_of(roll) == ROLLOUT
    (box,) = roll["spec"]["template"]["spec"]["containers"]
    assert box["image"] == PINNED
    assert roll["spec"]["template"]["metadata"]["labels"]["tierline.dev/workload"] == "api"
    assert found.sources == {"shop/orders": "5" * 32}


def test_only_what_holds_containers_has_pods() -> None:
    """A template of something else is left as it is."""
    _, one, roll = rendered(MANIFESTS).objects
    assert (template_of(one), runs_pods(one), runs_pods(roll)) == (None, False, True)
    effect = Effect("M01-Orders", "f" * 32, KEY, 3, beside=("Widget/w",))
    assert stamped(one, effect)["spec"] == one["spec"]
    assert annotation_of(stamped(roll, effect), "tierline.dev/beside") == "Widget/w"


def test_a_changed_rule_is_a_change() -> None:
    later = replace(PLACE, kinds={**PLACE.kinds, "example.io/v1/Widget": replace(WIDGET, ready={})})
    assert rendered(MANIFESTS).digest != rendered(MANIFESTS, later).digest
    (field,) = differing(rendered(MANIFESTS).objects[1], rendered(MANIFESTS, later).objects[1])
    assert field.path == "metadata.annotations.tierline.dev/ready"


@pytest.mark.parametrize(
    ("text", "place", "told"),
    [
        ("{apiVersion: example.io/v1, kind: Widget, metadata: {name: w}}",
         replace(PLACE, allowed=frozenset()),
         "Widget w: the policy does not allow it; it would name Widget in [trust] kinds"),
        ("{apiVersion: example.io/v2, kind: Widget, metadata: {name: w}}", PLACE,
         'Widget w: it is applied only where [kubernetes.kinds."example.io/v2/Widget"] of tierline.toml says when it is ready'),
        ("{apiVersion: v1, kind: Node, metadata: {name: w}}", PLACE,
         "Node w: v1 is not applied for a service"),
        ("{apiVersion: example.io/v1, kind: Service, metadata: {name: w}}", PLACE,
         "Service w: example.io/v1 is not applied for a service"),
    ],
)  # fmt: skip
def test_what_is_not_applied(text: str, place: Placement, told: str) -> None:
    found = rendered(f"{text}\n---\n{MANIFESTS}" if place is PLACE else text, place)
    assert [(one.code, one.message) for one in found.troubles] == [("manifest/kind", told)]


def test_names_of_the_kinds_of_every_cluster_are_taken() -> None:
    assert {*KINDS, POD.name, "Secret"} == BUILT_IN


class _Server(Api):
    """Serves one group; the rest of an API is not asked here."""

    def __init__(self, answer: Object | ApiRefusal) -> None:
        self.answer, self.asked = answer, list[str]()

    async def send(self, method: str, path: str, *_: Any) -> Object:  # pyright: ignore[reportIncompatibleMethodOverride]
        self.asked.append(path)
        if isinstance(self.answer, ApiRefusal):
            raise self.answer
        return self.answer


SERVED = {
    "resources": [
        {"kind": "Widget", "name": "widgets", "namespaced": True},
        {"kind": "Widget", "name": "widgets/status", "namespaced": True},
        {"kind": "Wide", "name": "wides", "namespaced": False},
        {"kind": "Other", "name": "others", "namespaced": True},
    ]
}


def asked(catalogue: Catalogue) -> Mapping[str, Kind]:
    return asyncio.run(catalogue.kinds())


def test_a_cluster_is_asked_once_how_a_kind_is_addressed() -> None:
    server = _Server(SERVED)
    catalogue = Catalogue(server, ["example.io/v1/Widget", "example.io/v1/Wide"])
    assert asked(catalogue).keys() - KINDS.keys() == {"Widget"}
    assert asyncio.run(catalogue.kind("Widget")).plural == "widgets"
    with pytest.raises(ApiRefusal, match="the cluster serves no Wide for namespaces here"):
        asyncio.run(catalogue.kind("Wide"))
    assert server.asked == ["/apis/example.io/v1"]


def test_a_group_that_nobody_added_has_no_kinds() -> None:
    server = _Server(ApiRefusal(404, "not found", {}))
    assert asked(Catalogue(server, ["example.io/v1/Widget"])) == KINDS


def test_a_server_that_does_not_answer_is_no_answer() -> None:
    server = _Server(ApiRefusal(503, "later", {}))
    catalogue = Catalogue(server, ["example.io/v1/Widget"])
    with pytest.raises(ApiRefusal, match="later"):
        asked(catalogue)
    server.answer = SERVED
    assert "Widget" in asked(catalogue)


def test_without_kinds_of_its_own_nothing_is_asked() -> None:
    server = _Server(SERVED)
    assert asked(Catalogue(server)) == KINDS
    assert server.asked == []

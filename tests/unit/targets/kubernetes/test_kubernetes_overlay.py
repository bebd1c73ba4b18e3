"""Whose objects of an overlay are, and what an overlay of plain manifests does to services' own."""

from __future__ import annotations

from typing import Any

from tierline.targets.kubernetes.overlay import marked, replaced, sorted_out, taking_in

Object = dict[str, Any]


def config(name: str, **metadata: Any) -> Object:
    return {"kind": "ConfigMap", "metadata": {"name": name, **metadata}}


def reading(name: str) -> Object:
    box = {"name": "api", "envFrom": [{"configMapRef": {"name": name}}]}
    return {
        "kind": "Deployment",
        "metadata": {"name": "orders"},
        "spec": {"template": {"spec": {"containers": [box]}}},
    }


def test_a_mark_says_whose_an_object_is_whatever_its_name_became() -> None:
    (item,) = marked([config("orders", annotations={"a": "b"})], "M01-Orders")
    item["metadata"]["name"] = "eu-orders"
    found = sorted_out([item])
    assert found.services == {"M01-Orders": (config("eu-orders", annotations={"a": "b"}),)}
    assert found.loose == ()


def test_a_generated_config_map_belongs_to_the_only_one_who_reads_it() -> None:
    made = config("made-5t2", annotations={})
    (reader,) = marked([reading("made-5t2")], "M01-Orders")
    found = sorted_out([made, reader])
    assert [one["metadata"]["name"] for one in found.services["M01-Orders"]] == [
        "orders",
        "made-5t2",
    ]
    other = marked([reading("made-5t2")], "M02-Bills")
    shared = sorted_out([made, *marked([reading("made-5t2")], "M01-Orders"), *other])
    assert shared.loose == (made,)


def test_a_label_says_it_too_and_what_nobody_has_is_loose() -> None:
    labelled = config("x", labels={"tierline.dev/service": "M02-Bills"})
    found = sorted_out([labelled, {"kind": "Namespace", "metadata": {"name": "shop"}}])
    assert found.services == {"M02-Bills": (labelled,)}
    assert [one["kind"] for one in found.loose] == ["Namespace"]


def test_plain_manifests_replace_what_has_their_kind_and_name() -> None:
    own = {"M01-Orders": [config("orders"), reading("orders")], "M02-Bills": [config("bills")]}
    here = config("orders") | {"data": {"MODE": "eu"}}
    found = replaced(own, [here, config("nobodys")])
    assert found.services["M01-Orders"] == (reading("orders"), here)
    assert found.services["M02-Bills"] == (config("bills"),)
    assert found.loose == (config("nobodys"),)


def test_what_an_overlay_takes_in_stays_and_services_come_after_it() -> None:
    entered = taking_in({"kind": "Kustomization", "resources": ["../../base"]})
    assert entered == {
        "kind": "Kustomization",
        "resources": ["../../base", "tierline-services.yaml"],
    }
    assert taking_in({"resources": None})["resources"] == ["tierline-services.yaml"]

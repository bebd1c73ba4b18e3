"""In which order the objects of a service are brought, and what controllers remember of the rest."""

from __future__ import annotations

from tierline.targets.kubernetes.effects import steps
from tierline.targets.kubernetes.objects import Object, kind_of
from tierline.targets.kubernetes.stamping import Effect, stamped

KINDS = ("ConfigMap", "Service", "Deployment", "Ingress")


def made(kind: str) -> Object:
    return {"kind": kind, "metadata": {"name": "orders"}}


def order(*kinds: str, there: frozenset[str] = frozenset()) -> list[list[str]]:
    objects = [made(kind) for kind in kinds]
    found = steps(objects, lambda kind, _: made(kind) if kind in there else None)
    return [[kind_of(one) for one in together] for together in found]


def test_a_new_service_comes_beside_the_controller() -> None:
    assert order(*KINDS) == [["ConfigMap"], ["Deployment", "Service"], ["Ingress"]]


def test_a_service_that_others_call_is_changed_before_its_pods() -> None:
    assert order(*KINDS, there=frozenset({"Service"})) == [[kind] for kind in KINDS]


def test_a_service_without_a_controller_is_brought_too() -> None:
    assert order("ConfigMap", "Service") == [["ConfigMap"], ["Service"]]


def test_controllers_name_what_the_effect_brings_beside_them() -> None:
    effect = Effect("M01-Orders", "f" * 32, "R-1", 3, beside=("ConfigMap/orders", "Service/orders"))
    told = {kind: stamped(made(kind), effect)["metadata"]["annotations"] for kind in KINDS}
    beside = {kind: one.get("tierline.dev/beside") for kind, one in told.items()}
    assert beside == {
        "ConfigMap": None,
        "Service": None,
        "Deployment": "ConfigMap/orders Service/orders",
        "Ingress": None,
    }

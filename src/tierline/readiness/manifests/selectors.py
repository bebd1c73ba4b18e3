"""Label selectors: which labels they ask for, and whether labels satisfy them."""

from __future__ import annotations

from collections.abc import Mapping

from tierline.mesh.clean import clean
from tierline.mesh.k8s_value import word
from tierline.mesh.node import MapNode
from tierline.readiness.manifests.deployed import entries, inner, texts, words


def selects(selector: MapNode, labels: Mapping[str, str]) -> bool:
    """Whether a selector (`matchLabels`, `matchExpressions`) fits; an empty one fits everything."""
    wanted = words(inner(selector, "matchLabels"))
    return all(labels.get(key) == value for key, value in wanted.items()) and all(
        _fits(one, labels) for one in entries(selector, "matchExpressions")
    )


def has_all(wanted: Mapping[str, str], labels: Mapping[str, str]) -> bool:
    """Whether labels have every one of those that are wanted (the selector of a Service)."""
    return all(labels.get(key) == value for key, value in wanted.items())


def shown_labels(labels: Mapping[str, str]) -> str:
    """Labels as messages show them, at most five."""
    told = [clean(f"{key}={value}", 60) for key, value in labels.items()]
    more = f" and {len(told) - 5} more" if len(told) > 5 else ""
    return ", ".join(told[:5]) + more if told else "no labels"


def asked(selector: MapNode) -> str:
    """What a selector asks for, as messages show it."""
    wanted = words(inner(selector, "matchLabels"))
    rest = [
        clean(f"{word(one, 'key')} {word(one, 'operator')}", 60)
        for one in entries(selector, "matchExpressions")
    ]
    return ", ".join([*([shown_labels(wanted)] if wanted or not rest else []), *rest])


def _fits(one: MapNode, labels: Mapping[str, str]) -> bool:
    """One of `matchExpressions`; an unknown operator fits nothing."""
    value = labels.get(word(one, "key"))
    values = {item.text for item in texts(one, "values")}
    return {
        "In": value is not None and value in values,
        "NotIn": value is None or value not in values,
        "Exists": value is not None,
        "DoesNotExist": value is None,
    }.get(word(one, "operator"), False)

"""What changed in what consumers send: parameters and bodies."""

from __future__ import annotations

from collections.abc import Iterator

from tierline.contracts.change import Change
from tierline.contracts.openapi.difference import BOTH, CONSUMER, PROVIDER, Difference
from tierline.contracts.openapi.document import (
    Operation,
    Parameter,
    followed,
    matching,
    media_types,
    towards,
)
from tierline.contracts.schema.at import At, Way
from tierline.mesh.clean import clean

_STYLES = {"path": "simple", "query": "form", "header": "simple", "cookie": "form"}


def parameter_changes(of: Difference, old: Operation, new: Operation) -> Iterator[Change]:
    """Parameters that came, went, moved, or say something else."""
    before = {one.key: one for one in old.parameters}
    after = {one.key: one for one in new.parameters}
    moved = _moved(before, after)
    for key, one in before.items():
        other = after.get(key)
        if other is not None:
            yield from _parameter(of, one, other)
        elif one.name in moved:
            to = moved[one.name]
            message = f"parameter `{clean(one.name)}` was in {one.place}, is in {to.place}"
            yield of.change("parameter-location", message, BOTH, one.at, to.at)
        else:
            message = f"{_told(one)} was removed"
            breaks = BOTH if one.required else CONSUMER
            yield of.change("parameter-removed", message, breaks, one.at)
    for key, one in after.items():
        if key not in before and one.name not in moved:
            kind = "required" if one.required else "optional"
            breaks = BOTH if one.required else PROVIDER
            rule = "parameter-required" if one.required else "parameter-added"
            yield of.change(rule, f"{_told(one)} was added, {kind}", breaks, None, one.at)


def _moved(
    before: dict[tuple[str, str], Parameter], after: dict[tuple[str, str], Parameter]
) -> dict[str, Parameter]:
    gone = {one.name for key, one in before.items() if key not in after and clean(one.place)}
    return {one.name: one for key, one in after.items() if key not in before and one.name in gone}


def _told(one: Parameter) -> str:
    return f"{clean(one.place, 10)} parameter `{clean(one.name)}`"


def _parameter(of: Difference, old: Parameter, new: Parameter) -> Iterator[Change]:
    told = _told(new)
    if old.required != new.required:
        was, is_ = ("required" if one.required else "optional" for one in (old, new))
        breaks = CONSUMER if new.required else PROVIDER
        message = f"{told} was {was}, is {is_}"
        yield of.change("parameter-required", message, breaks, old.at, new.at)
    styles = [_style(one) for one in (old, new)]
    if styles[0] != styles[1]:
        message = f"{told}: the style was {styles[0]}, is {styles[1]}"
        yield of.change("parameter-style", message, BOTH, old.at, new.at)
    yield from of.schemas(told, Way.REQUEST, _schema(old.at), _schema(new.at))


def _style(one: Parameter) -> str:
    style = clean(str(one.at.value("style") or _STYLES.get(one.place, "")), 20)
    exploded = one.at.value("explode")
    exploded = style == "form" if exploded is None else exploded
    return f"{style}, {'exploded' if exploded is True else 'in one'}"


def _schema(at: At) -> At | None:
    """The schema of a parameter, or of its only content."""
    entries = list(media_types(at).values())
    found = entries[0].child("schema") if entries else at.child("schema")
    return towards(found, Way.REQUEST)


def body_changes(of: Difference, old: Operation, new: Operation) -> Iterator[Change]:
    """A request body that came, went, became required, or says something else."""
    before = followed(old.at.child("requestBody"))
    after = followed(new.at.child("requestBody"))
    if before is None and after is None:
        return
    if after is None:
        breaks = BOTH if before is not None and before.value("required") is True else CONSUMER
        yield of.change("body-removed", "the request body was removed", breaks, before)
        return
    required = after.value("required") is True
    if before is None:
        kind, breaks = ("required", BOTH) if required else ("optional", PROVIDER)
        rule = "body-required" if required else "body-added"
        yield of.change(rule, f"a request body was added, {kind}", breaks, None, after)
        return
    if required != (before.value("required") is True):
        told = "was optional, is required" if required else "was required, is optional"
        breaks = CONSUMER if required else PROVIDER
        yield of.change("body-required", f"the request body {told}", breaks, before, after)
    yield from _contents(of, before, after)


def _contents(of: Difference, before: At, after: At) -> Iterator[Change]:
    old, new = media_types(before), media_types(after)
    for name, one in old.items():
        told = f"request body {clean(name)}"
        other = matching(new, name)
        if other is None:
            message = f"{told} is no longer accepted"
            yield of.change("media-type-removed", message, CONSUMER, one, after)
            continue
        schemas = [towards(entry.child("schema"), Way.REQUEST) for entry in (one, other)]
        yield from of.schemas(told, Way.REQUEST, *schemas)
        if one.has("encoding") != other.has("encoding"):
            yield of.undecided(f"{told}: `encoding` is not compared", one, other)
    for name, one in new.items():
        if matching(old, name) is None:
            message = f"request body {clean(name)} is accepted, too"
            yield of.change("media-type-added", message, PROVIDER, before, one)

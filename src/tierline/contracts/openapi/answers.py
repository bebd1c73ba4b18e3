"""What changed in what providers send: status codes, headers and bodies of answers."""

from __future__ import annotations

from collections.abc import Iterator

from tierline.contracts.change import Change
from tierline.contracts.openapi.difference import CONSUMER, NOBODY, PROVIDER, Difference
from tierline.contracts.openapi.document import (
    Operation,
    followed,
    matching,
    media_types,
    members,
    towards,
)
from tierline.contracts.schema.at import At, Way
from tierline.mesh.clean import clean


def answer_changes(of: Difference, old: Operation, new: Operation) -> Iterator[Change]:
    """Answers that came, went, or say something else.

    An error that is no longer answered breaks nobody; neither does a further status.
    """
    before, after = _answers(old), _answers(new)
    for status, one in before.items():
        other = _matching(after, status)
        if other is not None:
            yield from _answer(of, f"answer {clean(status, 10)}", one, other)
        else:
            breaks = CONSUMER if status.startswith("2") else NOBODY
            message = f"answer {clean(status, 10)} was removed"
            yield of.change("status-removed", message, breaks, one)
    for status, one in after.items():
        if _matching(before, status) is None:
            breaks = PROVIDER if status.startswith("2") else NOBODY
            message = f"answer {clean(status, 10)} was added"
            yield of.change("status-added", message, breaks, None, one)


def _answers(operation: Operation) -> dict[str, At]:
    found = members(operation.at.child("responses"))
    return {
        status.upper(): at
        for status, one in found.items()
        if not status.startswith("x-") and (at := followed(one)) is not None
    }


def _matching(found: dict[str, At], status: str) -> At | None:
    """The answer of a status: its own, else that of its class, else the default."""
    names = (status, f"{status[:1]}XX", "DEFAULT")
    return next((found[name] for name in names if name in found), None)


def _answer(of: Difference, told: str, old: At, new: At) -> Iterator[Change]:
    before, after = media_types(old), media_types(new)
    for name, one in before.items():
        other = matching(after, name)
        if other is None:
            message = f"{told} {clean(name)} is no longer sent"
            yield of.change("media-type-removed", message, CONSUMER, one, new)
        else:
            schemas = [towards(entry.child("schema"), Way.ANSWER) for entry in (one, other)]
            yield from of.schemas(f"{told} {clean(name)}", Way.ANSWER, *schemas)
    for name, one in after.items():
        if matching(before, name) is None:
            message = f"{told} {clean(name)} is sent, too"
            yield of.change("media-type-added", message, PROVIDER, old, one)
    yield from _headers(of, told, old, new)


def _headers(of: Difference, told: str, old: At, new: At) -> Iterator[Change]:
    before, after = _headers_of(old), _headers_of(new)
    for name in sorted(before.keys() | after.keys()):
        one, other = before.get(name), after.get(name)
        was, is_ = (at is not None and at.value("required") is True for at in (one, other))
        what = f"{told} header `{clean(name)}`"
        if was and not is_:
            message = f"{what} was required, is {'optional' if other else 'gone'}"
            yield of.change("header-removed", message, CONSUMER, one, other)
        elif is_ and not was:
            message = f"{what} {'was optional' if one else 'was added'}, is required"
            yield of.change("header-added", message, PROVIDER, one, other)
        elif one is None or other is None:
            rule = "header-removed" if one else "header-added"
            message = f"{what} was {'removed' if one else 'added'}, optional"
            yield of.change(rule, message, NOBODY, one, other)
        if one and other:
            schemas = [towards(at.child("schema"), Way.ANSWER) for at in (one, other)]
            yield from of.schemas(what, Way.ANSWER, *schemas)


def _headers_of(at: At) -> dict[str, At]:
    found = members(at.child("headers"))
    return {
        name.lower(): header
        for name, one in found.items()
        if name.lower() != "content-type" and (header := followed(one)) is not None
    }

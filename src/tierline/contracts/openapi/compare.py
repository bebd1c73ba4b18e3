"""Two versions of an OpenAPI document: every change, and whether it breaks consumer or provider.

A consumer of the old document calls a provider of the new one, and the other way round: during a
rollout both happen.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tierline.contracts.change import Change
from tierline.contracts.openapi.answers import answer_changes
from tierline.contracts.openapi.difference import CONSUMER, PROVIDER, Difference
from tierline.contracts.openapi.document import (
    Operation,
    operations_of,
    spot_of_path,
    strange,
    version_of,
)
from tierline.contracts.openapi.requests import body_changes, parameter_changes
from tierline.contracts.openapi.security import security_changes
from tierline.contracts.schema.at import At
from tierline.contracts.schema.literal import literal
from tierline.contracts.schema.walk import Budget
from tierline.mesh.clean import clean

_NOT_COMPARED = ("webhooks",)
MOST = 5_000
"""pairs of schemas that are compared in one document"""


def compare_openapi(old: At, new: At) -> tuple[Change, ...]:
    """Every change between two documents, as `read_openapi` gives them."""
    whole = Difference("the document", old.spot(), new.spot(), Budget(MOST))
    versions = [version_of(one) for one in (old, new)]
    for version, which in zip(versions, ("old", "new"), strict=True):
        if not version.startswith("3."):
            told = clean(version, 20) or "no version"
            return (whole.undecided(f"the {which} document is not OpenAPI 3: {told}"),)
    return tuple(dict.fromkeys(_changes(whole, old, new)))


def _changes(whole: Difference, old: At, new: At) -> Iterator[Change]:
    for one in (*strange(old), *strange(new)):
        message = f"the reference {clean(str(one.value('$ref')))} is not followed"
        yield whole.undecided(message, one, one)
    for keyword in _NOT_COMPARED:
        yield from _unless_equal(whole, old, new, keyword)
    before, after = operations_of(old), operations_of(new)
    for key, one in before.items():
        if key not in after:
            of = replace(
                whole, subject=one.name, old=one.at.spot(), new=spot_of_path(new, one.path)
            )
            yield of.change("operation-removed", "the operation was removed", CONSUMER)
    for key, one in after.items():
        was = before.get(key)
        if was is None:
            of = replace(whole, subject=one.name, old=old.spot("paths"), new=one.at.spot())
            yield of.change("operation-added", "the operation was added", PROVIDER)
        else:
            of = replace(whole, subject=one.name, old=was.at.spot(), new=one.at.spot())
            yield from _operation(of, was, one, (old, new))


def _operation(
    of: Difference, old: Operation, new: Operation, documents: tuple[At, At]
) -> Iterator[Change]:
    yield from parameter_changes(of, old, new)
    yield from body_changes(of, old, new)
    yield from answer_changes(of, old, new)
    yield from security_changes(of, old, new, documents)
    yield from _unless_equal(of, old.at, new.at, "callbacks")


def _unless_equal(of: Difference, old: At, new: At, keyword: str) -> Iterator[Change]:
    """What is not compared is unknown where its text changed."""
    one, other = old.child(keyword), new.child(keyword)
    texts = [None if at is None else literal(at.node) for at in (one, other)]
    if texts[0] != texts[1]:
        yield of.undecided(f"`{keyword}` changed and is not compared", one, other)

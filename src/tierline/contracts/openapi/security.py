"""What changed in how consumers prove who they are."""

from __future__ import annotations

from collections.abc import Iterator

from tierline.contracts.change import Change, Side
from tierline.contracts.openapi.difference import BOTH, CONSUMER, NOBODY, PROVIDER, Difference
from tierline.contracts.openapi.document import Operation, followed, members
from tierline.contracts.schema.at import At
from tierline.contracts.schema.literal import literal
from tierline.contracts.schema.shape import texts
from tierline.mesh.clean import clean

_Way = frozenset[tuple[str, str]]
"""one way to get in: (scheme, scope) pairs, scope "" for the scheme itself"""
_REMARKS = frozenset({"description"})


def security_changes(
    of: Difference, old: Operation, new: Operation, documents: tuple[At, At]
) -> Iterator[Change]:
    """Ways in that are no longer enough, and schemes that are defined otherwise."""
    before, after = (
        _ways(one.at, document) for one, document in zip((old, new), documents, strict=True)
    )
    breaks: frozenset[Side] = NOBODY
    breaks |= CONSUMER if not _enough(before, after) else NOBODY
    breaks |= PROVIDER if not _enough(after, before) else NOBODY
    if breaks:
        places = [one.at.child("security") for one in (old, new)]
        message = f"the security was {_told(before)}, is {_told(after)}"
        yield of.change("security", message, breaks, *places)
    named = {scheme for ways in (before, after) for way in ways for scheme, _ in way}
    for scheme in sorted(named):
        one, other = (_scheme(document, scheme) for document in documents)
        if one is not None and other is not None and _said(one) != _said(other):
            message = f"security scheme {clean(scheme)} is defined otherwise"
            yield of.change("security", message, BOTH, one, other)


def _ways(operation: At, document: At) -> tuple[_Way, ...]:
    """Alternatives; none needed is one way that asks for nothing."""
    listed = operation.child("security") or document.child("security")
    found = [
        frozenset(
            pair
            for scheme in one.children()
            for pair in ((scheme, ""), *((scheme, scope) for scope in texts(one, scheme)))
        )
        for one in (listed.items() if listed else ())
    ]
    return tuple(found) or (frozenset(),)


def _enough(written: tuple[_Way, ...], read: tuple[_Way, ...]) -> bool:
    """Whether each of these ways in is enough where the others are asked for."""
    return all(any(wanted <= way for wanted in read) for way in written)


def _told(ways: tuple[_Way, ...]) -> str:
    names = [
        " and ".join(sorted(f"{scheme}:{scope}" if scope else scheme for scheme, scope in way))
        for way in ways
    ]
    return clean(" or ".join(name or "none" for name in names), 120)


def _scheme(document: At, name: str) -> At | None:
    components = document.child("components")
    schemes = components.child("securitySchemes") if components else None
    return followed(schemes.child(name)) if schemes else None


def _said(at: At) -> dict[str, object]:
    return {name: literal(one.node) for name, one in members(at).items() if name not in _REMARKS}

"""Two versions of a schema: every change, and which of the two directions it breaks."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from tierline.contracts.change import Change, Kind, Side, Spot
from tierline.contracts.schema.refusal import Refusal, Weight
from tierline.frozen import frozen
from tierline.mesh.clean import clean

_Key = tuple[str, str, str, str]


@frozen
class Subject:
    """What the schemas are of, and whom each direction breaks.

    `old_meets_new`: what is written by the old one is read by the new one; `new_meets_old`: the
    other way round.
    """

    kind: Kind
    name: str
    old_meets_new: Side
    new_meets_old: Side


def merged(
    subject: Subject, old_to_new: Iterable[Refusal], new_to_old: Iterable[Refusal]
) -> tuple[Change, ...]:
    """One change for what both directions say of the same places; in the order of the new file."""
    found: dict[_Key, Change] = {}
    for refusals, side, forward in (
        (old_to_new, subject.old_meets_new, True),
        (new_to_old, subject.new_meets_old, False),
    ):
        for one in refusals:
            change = _change(subject, one, side, forward)
            key = _key(change, one.what)
            found[key] = _both(found[key], change) if key in found else change
    harmful = {one.message for one in found.values() if not one.is_safe}
    told = (one for one in found.values() if not (one.is_safe and one.message in harmful))
    return tuple(sorted(told, key=_order))


def _change(subject: Subject, one: Refusal, side: Side, forward: bool) -> Change:
    """A refusal told in time: what was, what is."""
    old, new = (one.writer, one.reader) if forward else (one.reader, one.writer)
    was, is_ = (one.writes, one.reads) if forward else (one.reads, one.writes)
    told = was if was == is_ else f"was {was}, is {is_}"
    path = max((_data_path(spot.pointer, one.what) for spot in (old, new)), key=len)
    because = f" ({one.because})" if one.because else ""
    only = frozenset({side})
    return Change(
        subject.kind,
        one.rule,
        subject.name,
        f"{path}{one.what}{' ' if was != is_ else ': '}{told}{because}",
        old,
        new,
        only if one.weight is Weight.BREAKS else frozenset(),
        only if one.weight is Weight.UNKNOWN else frozenset(),
    )


def _data_path(pointer: str, what: str) -> str:
    """Where in the data a schema is about, `user.tags[]: `; "" for the whole, or for `what`."""
    words = pointer.split("/")
    found: list[str] = []
    for before, word in pairwise(words):
        if before in {"items", "prefixItems"} and word.isdigit():
            found[-1] = f"[{word}]"
        elif before == "properties":
            found.append(f".{word.replace('~1', '/').replace('~0', '~')}")
        elif word in {"items", "prefixItems"}:
            found.append("[]")
    if found and what == f"property `{clean(found[-1][1:])}`":
        found.pop()
    path = clean("".join(found).lstrip("."))
    return f"{path}: " if path else ""


def _key(change: Change, what: str) -> _Key:
    return change.rule, what, _pointer(change.old), _pointer(change.new)


def _pointer(spot: Spot | None) -> str:
    return f"{spot.place.path}#{spot.pointer}" if spot else ""


def _both(one: Change, other: Change) -> Change:
    """The first one's words; everybody whom either breaks."""
    breaks = one.breaks | other.breaks
    return Change(
        one.kind,
        one.rule,
        one.subject,
        one.message,
        one.old,
        one.new,
        breaks,
        (one.unknown | other.unknown) - breaks,
    )


def _order(change: Change) -> tuple[object, ...]:
    place = change.new.place if change.new else None
    return (place.line, place.column) if place else (0, 0), change.rule, change.message

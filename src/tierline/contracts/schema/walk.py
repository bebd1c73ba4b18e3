"""Is whatever one schema lets be written accepted by another? If not: why not, place by place.

A writer's schema W and a reader's schema R. R is a conjunction, so each keyword of it is held
against everything that W says. Nothing found means that every value of W is valid under R, but for
names that only one side declares (see refuse_objects). What cannot be decided is found as unknown.
Recursive schemas are assumed to fit while they are being compared (coinduction).
"""

from __future__ import annotations

from collections.abc import Iterator

from tierline.contracts.schema.accepts import accepts
from tierline.contracts.schema.apart import apart
from tierline.contracts.schema.at import At
from tierline.contracts.schema.literal import Literal, atom, told_all
from tierline.contracts.schema.numbers import NUMBERS
from tierline.contracts.schema.refusal import (
    Pair,
    Refusal,
    Weight,
    in_doubt,
    refuses,
    spots,
    told_types,
)
from tierline.contracts.schema.refuse_arrays import array_refusals
from tierline.contracts.schema.refuse_objects import object_refusals
from tierline.contracts.schema.same import Sameness, same
from tierline.contracts.schema.scalars import (
    format_refusals,
    number_refusals,
    text_refusals,
)
from tierline.contracts.schema.shape import (
    DOUBTFUL,
    Ats,
    Group,
    Shape,
    expanded,
    finite,
    is_list,
    shape_of,
    types_of,
    unevaluated_in_doubt,
    values_of,
)

MOST = 5_000
"""pairs of schemas that one comparison looks at"""
MOST_TRIALS = 3
"""choices within choices that are tried"""
MOST_VALUES = 500
"""values that are asked for one by one"""
DEEPEST = 16
"""pairs within pairs that are followed at once; deeper ones wait for their turn"""

_ANYTHING = Shape(())


def refusals_of(writer: At, reader: At) -> tuple[Refusal, ...]:
    """Every reason why something that `writer` allows may be refused by `reader`."""
    return Walk(Budget()).whole((writer,), (reader,), Pair(writer.spot(), reader.spot()))


class Budget:
    """How many pairs of schemas may still be looked at, by all comparisons that share it."""

    def __init__(self, pairs: int = MOST) -> None:
        self.left = pairs


class Walk:
    """One comparison: what has been compared, and what still may be."""

    def __init__(self, budget: Budget) -> None:
        self._done: dict[object, list[Refusal]] = {}
        self._later: list[tuple[Ats, Ats, Pair]] = []
        self._budget = budget
        self._depth = self._trials = 0
        self._same = Sameness().holds

    def whole(self, writer: Ats, reader: Ats, pair: Pair) -> tuple[Refusal, ...]:
        """Every refusal of two conjunctions, and of all pairs below them, each once."""
        found = self.refusals(writer, reader, pair)
        while self._later:
            waiting = self._later.pop()
            found = [*found, *self._between(shape_of(waiting[0]), shape_of(waiting[1]), waiting[2])]
        return tuple(dict.fromkeys(found))

    def refusals(self, writer: Ats, reader: Ats, pair: Pair) -> list[Refusal]:
        """Those of two conjunctions; the empty one is the schema `true`."""
        key = (frozenset(one.key for one in writer), frozenset(one.key for one in reader))
        if key in self._done:
            return self._done[key]
        self._done[key] = []
        if all(any(self._same(one, other) for one in writer) for other in reader):
            return []
        if self._depth >= DEEPEST:
            if self._trials:
                del self._done[key]
                return [_unknown("the schema", "it is nested too deep below a choice", pair)]
            self._later.append((writer, reader, pair))
            return []
        self._depth += 1
        found = self._between(shape_of(writer), shape_of(reader), pair)
        self._depth -= 1
        self._done[key] = found
        return found

    def _between(self, writer: Shape, reader: Shape, pair: Pair) -> list[Refusal]:
        self._budget.left -= 1
        if self._budget.left < 0:
            return [_unknown("the schema", "it is too large to be compared", pair)]
        if apart(writer, _ANYTHING):
            return []
        if reader.never:
            types = told_types(writer.types)
            return [Refusal("type", "the type", types, told_types(frozenset()), *pair)]
        values = finite(writer)
        if values is not None:
            return _values(writer, reader, values, pair)
        known = [group for group in reader.groups if not _has(writer, group)]
        found = self._held(writer, reader._replace(groups=tuple(known)), pair)
        if writer.groups and refuses(found):
            found = self._branches(writer, reader._replace(groups=tuple(known)), pair)
        return _doubted(found, writer)

    def _branches(self, writer: Shape, reader: Shape, pair: Pair) -> list[Refusal]:
        branches = expanded(writer)
        if branches is None:
            return [_unknown("the choices", "they are too many to be compared", pair)]
        self._budget.left -= len(branches)
        found = [one for branch in branches for one in self._between(branch, reader, pair)]
        exclusive = all(_exclusive(writer, group) for group in writer.groups)
        return found if exclusive else in_doubt(found, "branches of `oneOf` may overlap")

    def _held(self, writer: Shape, reader: Shape, pair: Pair) -> list[Refusal]:
        """Each part and each choice of the reader against the writer, whose own choices are left."""
        alone = writer._replace(groups=())
        found = [_reference(doubt, pair) for doubt in reader.doubts if not doubt.startswith("`")]
        for part in reader.parts:
            if not any(self._same(own, part) for own in writer.parts):
                found += self._part(alone, part, pair)
        for group in reader.groups:
            found += self._choice(alone, group, pair)
        return found

    def _part(self, writer: Shape, part: At, pair: Pair) -> Iterator[Refusal]:
        types = types_of(part)
        allowed = values_of(part)
        if allowed is not None:
            at = spots(writer, part, pair, "enum", "const", "type")
            yield Refusal("enum", "the value", told_types(writer.types), told_all(allowed), *at)
            return
        if not writer.types <= types:
            at = spots(writer, part, pair, "type", "enum", "const")
            yield Refusal("type", "the type", told_types(writer.types), told_types(types), *at)
        writer = writer.of_types(types)
        if writer.types & NUMBERS:
            yield from number_refusals(writer, part, pair)
        if "string" in writer.types:
            yield from text_refusals(writer, part, pair)
        if writer.types & (NUMBERS | {"string"}):
            yield from format_refusals(writer, part, pair)
        if "array" in writer.types:
            yield from array_refusals(self, writer, part, pair)
        if "object" in writer.types:
            yield from object_refusals(self, writer, part, pair)
        yield from _unread(writer, part, pair)

    def _choice(self, writer: Shape, group: Group, pair: Pair) -> Iterator[Refusal]:
        """Whether every value fits a branch (of `oneOf`: one alone), type by type."""
        branches = [(one, shape_of((one,))) for one in group.branches]
        for kind in sorted(writer.types):
            piece = writer.of_types(frozenset({kind}))
            if finite(piece) is not None:
                yield from self._between(piece, Shape((), (group,)), pair)
                continue
            near = [(one, shape) for one, shape in branches if not apart(piece, shape)]
            at = Pair(pair.writer, group.owner.spot(group.keyword))
            what = f"`{group.keyword}`"
            self._budget.left -= len(branches)
            if self._trials >= MOST_TRIALS or self._budget.left < 0:
                yield _unknown(what, "choices within choices are too many to be compared", at)
                return
            self._trials += 1
            tried = [
                self._between(piece, shape, Pair(pair.writer, one.spot())) for one, shape in near
            ]
            self._trials -= 1
            fitting = sum(not refuses(found) for found in tried)
            if not near:
                yield Refusal("choice", what, told_types(piece.types), "no branch for it", *at)
            elif fitting == 0 and len(near) == 1:
                yield from tried[0]
            elif fitting == 0:
                yield _unknown(what, "several branches come near, none fits alone", at)
            elif group.keyword == "oneOf" and len(near) > 1:
                yield _unknown(what, "more than one branch may fit", at)


def _values(writer: Shape, reader: Shape, values: frozenset[Literal], pair: Pair) -> list[Refusal]:
    """A writer of few values: each is asked for."""
    written = values if is_list(writer) else {v for v in values if accepts(writer, v) is not False}
    listed = finite(reader) if is_list(reader) else None
    if listed is None:
        if len(written) > MOST_VALUES:
            return [_unknown("the value", f"{len(written)} values are too many to ask for", pair)]
        answers = {value: accepts(reader, value) for value in written}
    else:
        answers = {value: value in listed for value in written}
    refused = frozenset(value for value, answer in answers.items() if answer is False)
    open_ = frozenset(value for value, answer in answers.items() if answer is None)
    owner = next((part for part in reader.parts if values_of(part) is not None), None)
    owner = owner or next(iter(reader.parts), None)
    words = ("enum", "const", "type")
    at = spots(writer, owner, pair, *words) if owner else pair
    found: list[Refusal] = []
    allowed = finite(reader)
    reads = told_types(reader.types) if allowed is None else told_all(allowed)
    if refused and not {atom(value) for value in refused} & reader.types:
        types = told_types(writer.types), told_types(reader.types)
        found.append(Refusal("type", "the type", *types, *at))
    elif refused:
        found.append(Refusal("enum", "the value", told_all(values), reads, *at))
    if open_:
        found.append(_unknown("the value", f"whether {told_all(open_)} still fit", at))
    return _doubted(found, writer)


def _doubted(found: list[Refusal], writer: Shape) -> list[Refusal]:
    """What a keyword that is not followed may already rule out is not certain."""
    return in_doubt(found, f"{writer.doubts[0]} is not followed") if writer.doubts else found


def _unread(writer: Shape, part: At, pair: Pair) -> Iterator[Refusal]:
    """Keywords of the reader that are not followed, unless the writer has the same."""
    for keyword in DOUBTFUL:
        wanted = part.child(keyword)
        if wanted is None:
            continue
        words = ("if", "then", "else") if keyword == "if" else (keyword,)
        if not any(_all_same(own, part, words) for own in writer.parts):
            at = spots(writer, part, pair, keyword)
            yield _unknown(f"`{keyword}`", "it is not followed", at)
    if unevaluated_in_doubt(part):
        keywords = ("unevaluatedProperties", "unevaluatedItems")
        at = spots(writer, part, pair, *keywords)
        yield _unknown("`unevaluated...`", "it is not followed beside choices", at)


def _all_same(one: At, other: At, words: tuple[str, ...]) -> bool:
    for word in words:
        left, right = one.child(word), other.child(word)
        if (left is None) != (right is None):
            return False
        if left is not None and right is not None and not same(left, right):
            return False
    return True


def _has(writer: Shape, group: Group) -> bool:
    """Whether the writer has the same choice."""
    for own in writer.groups:
        if own.keyword == group.keyword and len(own.branches) == len(group.branches):
            pairs = zip(own.branches, group.branches, strict=True)
            if all(same(one, other) for one, other in pairs):
                return True
    return False


def _exclusive(writer: Shape, group: Group) -> bool:
    """Whether no value of the writer fits two branches of a `oneOf`; `anyOf` does not mind."""
    if group.keyword != "oneOf":
        return True
    shapes = [shape_of((*writer.parts, one)) for one in group.branches]
    return all(apart(one, other) for number, one in enumerate(shapes) for other in shapes[:number])


def _reference(doubt: str, pair: Pair) -> Refusal:
    return _unknown("the schema", f"{doubt} is not followed", pair)


def _unknown(what: str, reason: str, at: Pair) -> Refusal:
    return Refusal("undecided", what, reason, reason, *at, Weight.UNKNOWN)

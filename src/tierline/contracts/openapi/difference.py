"""Changes of one operation as they are found: whose they are and where; judges nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from tierline.contracts.change import Change, Kind, Side, Spot
from tierline.contracts.schema.at import At, Way
from tierline.contracts.schema.compare import Subject, merged
from tierline.contracts.schema.refusal import Pair, Refusal
from tierline.contracts.schema.walk import Budget, Walk
from tierline.frozen import frozen

CONSUMER, PROVIDER = frozenset({Side.CONSUMER}), frozenset({Side.PROVIDER})
BOTH = CONSUMER | PROVIDER
NOBODY: frozenset[Side] = frozenset()


@frozen
class Difference:
    """Makes the changes of one subject; `old` and `new` are where it stands.

    `budget` is of all subjects of a document together.
    """

    subject: str
    old: Spot
    new: Spot
    budget: Budget

    def change(
        self,
        rule: str,
        message: str,
        breaks: frozenset[Side],
        old: At | None = None,
        new: At | None = None,
    ) -> Change:
        """A change; without a place of its own it is where the subject is."""
        return Change(
            Kind.OPENAPI,
            rule,
            self.subject,
            message,
            old.spot() if old else self.old,
            new.spot() if new else self.new,
            breaks,
        )

    def undecided(self, message: str, old: At | None = None, new: At | None = None) -> Change:
        """Something that is not compared."""
        change = self.change("undecided", message, NOBODY, old, new)
        return replace(change, unknown=BOTH)

    def schemas(self, what: str, way: Way, old: At | None, new: At | None) -> Iterator[Change]:
        """What changed in a schema; one that is missing lets everything be.

        In requests consumers write and providers read; in answers the other way round.
        """
        request = way is Way.REQUEST
        first, second = (
            (Side.CONSUMER, Side.PROVIDER) if request else (Side.PROVIDER, Side.CONSUMER)
        )
        subject = Subject(Kind.OPENAPI, self.subject, first, second)
        changes = merged(subject, self._refused(old, new, True), self._refused(new, old, False))
        yield from prefixed(what, changes)

    def _refused(self, writer: At | None, reader: At | None, forward: bool) -> Iterable[Refusal]:
        ends = (self.old, self.new) if forward else (self.new, self.old)
        pair = Pair(
            writer.spot() if writer else ends[0],
            reader.spot() if reader else ends[1],
        )
        ats = [(one,) if one else () for one in (writer, reader)]
        return Walk(self.budget).whole(ats[0], ats[1], pair)


def prefixed(what: str, changes: Iterable[Change]) -> Iterator[Change]:
    """The same changes, with what they are of before each message."""
    for one in changes:
        yield replace(one, message=f"{what}: {one.message}")

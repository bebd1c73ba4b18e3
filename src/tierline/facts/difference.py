"""What a release would change of an environment's objects, as values; knows no cluster and no text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from enum import StrEnum

from tierline.facts.decision import Decision
from tierline.frozen import frozen


class Change(StrEnum):
    """What becomes of one object. `REPLACE`: ended and made anew. `REFUSED`: it cannot be brought."""

    CREATE = "create"
    CHANGE = "change"
    REPLACE = "replace"
    REMOVE = "remove"
    SAME = "same"
    REFUSED = "refused"


@frozen
class FieldChange:
    """A field by its path; values as JSON, "" where it is not there, a secret as its hash."""

    path: str
    before: str
    after: str


@frozen
class ObjectChange:
    """One object. `code` and `reason` say why it is refused."""

    kind: str
    name: str
    change: Change
    fields: tuple[FieldChange, ...] = ()
    code: str = ""
    reason: str = ""


@frozen
class Hindrance:
    """Why a service cannot be told, or not be applied; `unknown`: nobody can say what would ship."""

    code: str
    message: str
    unknown: bool = False


@frozen
class ServiceChange:
    """What a release would change of one service."""

    service_id: str
    objects: tuple[ObjectChange, ...]
    hindrances: tuple[Hindrance, ...] = ()

    @property
    def decision(self) -> Decision:
        """NO-GO where something is refused, HOLD where something is unknown."""
        definite = any(not one.unknown for one in self.hindrances)
        if definite or any(one.change is Change.REFUSED for one in self.objects):
            return Decision.NO_GO
        return Decision.HOLD if self.hindrances else Decision.GO

    @property
    def counts(self) -> Mapping[Change, int]:
        """How many objects of each change there are."""
        return Counter(one.change for one in self.objects)

    @property
    def changes(self) -> bool:
        """Whether anything would be otherwise."""
        return any(one.change is not Change.SAME for one in self.objects)


@frozen
class Orphan:
    """An object that carries our labels, of a service that the mesh does not declare any more."""

    service_id: str
    kind: str
    name: str


@frozen
class Comparison:
    """All that was compared. `loose` are objects of an overlay that are no service's."""

    mesh: str
    environment: str
    place: str
    services: tuple[ServiceChange, ...]
    orphans: tuple[Orphan, ...] = ()
    loose: tuple[str, ...] = ()

    @property
    def decision(self) -> Decision:
        """As bad as the worst service; differences and orphans are none."""
        found = {one.decision for one in self.services}
        if Decision.NO_GO in found:
            return Decision.NO_GO
        return Decision.HOLD if Decision.HOLD in found else Decision.GO

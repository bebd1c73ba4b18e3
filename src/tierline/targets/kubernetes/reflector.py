"""A list and watch of one kind as a state machine: what is there, what to ask next, how long to wait.

Pure: no network, no clock, no randomness (jitter is a number that is handed in). It is right in the
end whatever happens on the way: a view that broke off goes on where it was, one that is too old to go
on (410) is listed anew, and what vanished in between is told as gone. A list that is older than what was
seen (of another API server) is not believed, and after each whole round all is listed anew, so that an
event that got lost is made up for. Its maps are persistent, so that
an event of a large namespace costs no copy of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from rpds import HashTrieMap

from tierline.frozen import frozen
from tierline.targets.kubernetes.objects import Object, name_of, text_of, version_of

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0
"""seconds between two tries; doubled each time, then a share of it by chance"""
_TOO_OLD = frozenset({404, 410})
_PATIENT = 5
"""doublings of the pause where watches end at once, which tells nothing of what was seen"""


@frozen
class Listing:
    """Ask for everything, from `page` on ("" for the first)."""

    page: str = ""


@frozen
class Watching:
    """Ask for what changed since a version."""

    version: str


@frozen
class Changes:
    """What is now otherwise than before: name -> the object, None where it is gone."""

    objects: Mapping[str, Object | None]
    synced: bool = False
    """from here on absence means something"""


_NOTHING = Changes({})


@frozen
class Reflector:
    """`objects` are by name. `ask` is what to ask next, after `pause` seconds.

    `failures` counts tries in a row that brought nothing; `partial` collects the pages of a list;
    `newest` is the latest version that was seen.
    """

    objects: HashTrieMap[str, Object] = HashTrieMap()
    ask: Listing | Watching = Listing()
    pause: float = 0.0
    failures: int = 0
    synced: bool = False
    partial: HashTrieMap[str, Object] = HashTrieMap()
    newest: str = ""

    def listed(
        self, items: Iterable[Object], version: str, following: str, jitter: float = 1.0
    ) -> tuple[Reflector, Changes]:
        """A page of the list came; `following` names the next one, "" where there is none.

        One that is older than what was seen already counts as none.
        """
        if _is_older(version, self.newest):
            return self.broke(0, 0.0, jitter), _NOTHING
        partial = self.partial.update({name_of(one): one for one in items})
        if following:
            return replace(self, partial=partial, ask=Listing(following), pause=0.0), _NOTHING
        moved: dict[str, Object | None] = {
            name: item
            for name, item in partial.items()
            if (known := self.objects.get(name)) is None or version_of(known) != version_of(item)
        }
        moved.update({name: None for name in self.objects if name not in partial})
        done = Reflector(partial, Watching(version), 0.0, 0, synced=True, newest=version)
        return done, Changes(moved, synced=True)

    def told(self, event: Object, jitter: float) -> tuple[Reflector, Changes]:
        """A line of the watch came. A bookmark only moves the version; an error ends the watch."""
        kind, item = text_of(event, "type"), event.get("object")
        if not isinstance(item, dict):
            return self.broke(0, 0.0, jitter), _NOTHING
        found: Object = item  # pyright: ignore[reportUnknownVariableType] - JSON objects have string keys
        if kind == "ERROR":
            code = found.get("code")
            return self.broke(code if isinstance(code, int) else 0, 0.0, jitter), _NOTHING
        version = version_of(found)
        newest = self.newest if _is_older(version, self.newest) else version
        here = replace(self, ask=Watching(version), failures=0, pause=0.0, newest=newest)
        if kind == "BOOKMARK":
            return here, _NOTHING
        name = name_of(found)
        known = self.objects.get(name)
        if known is not None and _is_older(version, version_of(known)):
            return here, _NOTHING
        if kind == "DELETED":
            return replace(here, objects=self.objects.discard(name)), Changes({name: None})
        return replace(here, objects=self.objects.insert(name, found)), Changes({name: found})

    def ended(self, jitter: float, *, whole: bool) -> Reflector:
        """The watch ended without an error: after its `whole` round, or sooner, and then go on from here."""
        if whole:
            return replace(self, ask=Listing(), pause=FIRST_PAUSE * jitter)
        again = self.broke(0, 0.0, jitter)
        return replace(again, failures=min(again.failures, _PATIENT))

    def broke(self, status: int, retry_after: float, jitter: float) -> Reflector:
        """A list or watch failed. `jitter` lies between 0 and 1; `retry_after` is the server's wish."""
        doubled = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(self.failures, 10))
        pause = max(retry_after, doubled * (0.5 + jitter / 2))
        again: Listing | Watching = self.ask
        if status in _TOO_OLD or isinstance(again, Listing):
            again = Listing()
        return replace(
            self, ask=again, pause=pause, failures=self.failures + 1, partial=HashTrieMap()
        )


def _is_older(version: str, known: str) -> bool:
    """Versions of one cluster are numbers that grow; what is no number says nothing."""
    return version.isdigit() and known.isdigit() and int(version) < int(known)

"""Asks for the events of what is stuck, seldom and only then: they carry no label to watch by."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tierline.facts.instant import Instant
from tierline.facts.observation import Fault
from tierline.targets.kubernetes.answers import ApiRefusal
from tierline.targets.kubernetes.events import fault_in, is_stuck
from tierline.targets.kubernetes.namespace import Namespace
from tierline.targets.kubernetes.objects import Kind, Object, kind_of, listed, name_of, text_of

PATIENCE_SECONDS = 4.0
"""how long something may be stuck before its events are asked for, and between two times"""
_MOST = 3
"""objects of a service that are asked for at a time"""
_EVENTS = Kind("v1", "Event", "events")


class Listening:
    """Remembers since when each object is stuck, and what its events said last."""

    def __init__(self, namespace: Namespace, now: Callable[[], Instant]) -> None:
        self._namespace, self._now = namespace, now
        self._next: dict[str, Instant] = {}
        self._told: dict[str, Fault] = {}
        self._of: dict[str, frozenset[str]] = {}

    async def fault(self, service_id: str, objects: Sequence[Object]) -> Fault | None:
        """Why some of a service's objects do not get on; None where no event says so."""
        stuck = {text_of(one, "metadata", "uid"): one for one in objects if is_stuck(one)}
        for uid in self._of.get(service_id, frozenset()) - stuck.keys():
            self._next.pop(uid, None)
            self._told.pop(uid, None)
        self._of[service_id] = frozenset(stuck)
        now = self._now()
        due = [uid for uid in stuck if self._next.setdefault(uid, now + PATIENCE_SECONDS) <= now]
        for uid in due[:_MOST]:
            self._next[uid] = now + PATIENCE_SECONDS
            found = await self._asked(stuck[uid])
            if found is not None:
                self._told[uid] = found
        return next((self._told[uid] for uid in stuck if uid in self._told), None)

    def due(self, service_id: str) -> Instant | None:
        """When to ask again; None while nothing of a service is stuck."""
        return min((self._next[uid] for uid in self._of.get(service_id, ())), default=None)

    async def _asked(self, item: Object) -> Fault | None:
        picked = {
            "involvedObject.kind": kind_of(item),
            "involvedObject.name": name_of(item),
            "involvedObject.uid": text_of(item, "metadata", "uid"),
        }
        query = {"fieldSelector": ",".join(f"{key}={value}" for key, value in picked.items())}
        try:
            page = await self._namespace.api.send("GET", self._namespace.path(_EVENTS), query)
        except ApiRefusal:
            return None
        return fault_in(item, listed(page, "items"))

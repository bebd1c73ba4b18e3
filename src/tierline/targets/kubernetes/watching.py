"""Keeps what a namespace holds in sight: one list and watch a kind, for as long as anybody looks.

The rules are the reflector's; this is its network, its clock and its chance.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Mapping

from tierline.targets.kubernetes.answers import ApiRefusal
from tierline.targets.kubernetes.namespace import Namespace
from tierline.targets.kubernetes.objects import POD, Kind, Object, listed, text_of
from tierline.targets.kubernetes.reflector import Changes, Listing, Reflector

PAGE = 500
ROUND_SECONDS = 20
"""after which the server ends a watch, so that one that fell silent is noticed"""
SILENCE_SECONDS = 25.0
_BROKEN = 3
"""tries in a row after which what was seen may be stale"""

OnChanges = Callable[[str, Mapping[str, Object | None]], None]
OnSight = Callable[[], None]


class Watching:
    """`changed` gets a kind and what is otherwise; `sight` is called when `trouble` may be another."""

    def __init__(self, namespace: Namespace, changed: OnChanges, sight: OnSight) -> None:
        self._namespace, self._changed, self._sight = namespace, changed, sight
        self._troubles: dict[str, str] = {}
        self._watched: tuple[Kind, ...] = ()
        self._synced: set[str] = set()

    @property
    def synced(self) -> bool:
        """Whether everything there is has been shown, and nothing is broken."""
        return 0 < len(self._watched) == len(self._synced) and not self.trouble

    @property
    def trouble(self) -> str:
        """Why what was seen may be stale; "" where it is not."""
        return next((told for told in self._troubles.values() if told), "")

    async def run(self) -> None:
        """Watch until cancelled."""
        self._watched = await self._kinds()
        async with asyncio.TaskGroup() as group:
            for kind in self._watched:
                group.create_task(self._follow(kind))

    async def _kinds(self) -> tuple[Kind, ...]:
        """All kinds that are there to be watched, once the server has said which."""
        state = Reflector()
        while True:
            try:
                found = (*(await self._namespace.catalogue.kinds()).values(), POD)
            except ApiRefusal as error:
                state = state.broke(error.status, error.retry_after, _chance())
                if state.failures >= _BROKEN:
                    self._tell("", f"kinds: {error.message}")
                await asyncio.sleep(state.pause)
            else:
                self._tell("", "")
                return found

    async def _follow(self, kind: Kind) -> None:
        state = Reflector()
        while True:
            if state.pause:
                await asyncio.sleep(state.pause)
            try:
                if isinstance(state.ask, Listing):
                    state = await self._list(kind, state, state.ask)
                else:
                    state = await self._watch(kind, state, state.ask.version)
            except ApiRefusal as error:
                state = state.broke(error.status, error.retry_after, _chance())
                if state.failures >= _BROKEN:
                    self._tell(kind.name, f"{kind.plural}: {error.message}")

    async def _list(self, kind: Kind, state: Reflector, ask: Listing) -> Reflector:
        query = {"limit": str(PAGE), **({"continue": ask.page} if ask.page else {})}
        page = await self._namespace.list(kind, query)
        items = [{**one, "kind": kind.name} for one in listed(page, "items")]
        version, following = (
            text_of(page, "metadata", "resourceVersion"),
            text_of(page, "metadata", "continue"),
        )
        state, changes = state.listed(items, version, following, _chance())
        self._take(kind, changes)
        return state

    async def _watch(self, kind: Kind, state: Reflector, version: str) -> Reflector:
        query = {
            "watch": "true",
            "allowWatchBookmarks": "true",
            "resourceVersion": version,
            "timeoutSeconds": str(ROUND_SECONDS),
            "labelSelector": self._namespace.selector,
        }
        api, path = self._namespace.api, self._namespace.path(kind)
        until = asyncio.get_running_loop().time() + ROUND_SECONDS * 0.9
        async with api.stream(path, query, SILENCE_SECONDS) as events:
            self._tell(kind.name, "")
            async for event in events:
                before = state.failures
                state, changes = state.told(event, _chance())
                self._take(kind, changes)
                if state.failures > before:
                    return state
        whole = asyncio.get_running_loop().time() >= until
        return state.ended(_chance(), whole=whole)

    def _take(self, kind: Kind, changes: Changes) -> None:
        if changes.synced:
            self._synced.add(kind.name)
        if changes.objects:
            self._changed(kind.name, changes.objects)
        if changes.synced:
            self._tell(kind.name, "")
            self._sight()

    def _tell(self, kind: str, trouble: str) -> None:
        if self._troubles.get(kind, "") != trouble:
            self._troubles[kind] = trouble
            self._sight()


def _chance() -> float:
    return random.random()  # noqa: S311 - spreads retries, guards nothing

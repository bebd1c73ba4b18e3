"""Applies and stops one service: every object under its fence, its key and the version last seen.

Sends each effect once; whoever calls decides whether to send it again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from tierline.facts.observation import Accepted, Outcome, Refused
from tierline.targets.kubernetes import marks
from tierline.targets.kubernetes.answers import (
    ApiRefusal,
    is_conflict_of_managers,
    outcome_of,
)
from tierline.targets.kubernetes.leasing import Leasing
from tierline.targets.kubernetes.namespace import Namespace
from tierline.targets.kubernetes.objects import (
    POD,
    Object,
    annotation_of,
    digest_of_object,
    kind_of,
    label_of,
    name_of,
    runs_pods,
    text_of,
    version_of,
)
from tierline.targets.kubernetes.stamping import Effect, stamped
from tierline.targets.protocol import LEASE_LOST

_TRIES = 8
"""looks at one object that its controllers keep changing"""
REPLACED = frozenset({"Job"})
"""what cannot be changed, and so is made anew by every effect"""
_SERVICE = "Service"
_ADDRESSING = 16
"""new Services that are made at a time: more only keep other objects from getting through"""
_NOWHERE = "1"
"""a version that no object has: what is there is not touched (409), what is not there is made"""
KEPT = frozenset({"PersistentVolumeClaim"})
"""data stays, whatever else ends"""

Known = Callable[[str, str], Object | None]
"""the object of a kind and name as the view has it"""


class Effects:
    """Changes one namespace. `take_over`: fields of other managers may be taken."""

    def __init__(self, namespace: Namespace, leasing: Leasing, *, take_over: bool) -> None:
        self._namespace, self._leasing, self._take_over = namespace, leasing, take_over
        self._addressing = asyncio.Semaphore(_ADDRESSING)

    async def apply(
        self, objects: Sequence[Object], effect: Effect, known: Known, had: Sequence[Object]
    ) -> Outcome:
        """Bring all objects of a service; end those that it `had` and has no more."""
        refused = await self._fenced(effect.fence)
        if refused is not None:
            return refused
        beside = tuple(_called(one) for one in objects if not runs_pods(one))
        effect = replace(effect, beside=beside)
        for together in steps(objects, known):
            work = (self._in_turn(one, effect, known) for one in together)
            for outcome in await asyncio.gather(*work, return_exceptions=True):
                if isinstance(outcome, BaseException):
                    raise outcome
                if not isinstance(outcome, Accepted):
                    return outcome
        wanted = {(kind_of(one), name_of(one)) for one in objects}
        left = [one for one in had if (kind_of(one), name_of(one)) not in wanted]
        return await self._end(left, effect.fence)

    async def stop(self, had: Sequence[Object], memory: Object, fence: int) -> Outcome:
        """End everything of a service but its data, and remember by which effect."""
        refused = await self._fenced(fence)
        if refused is not None:
            return refused
        left = [one for one in had if not label_of(one, marks.STOPPED)]
        outcome = await self._end(left, fence)
        if not isinstance(outcome, Accepted):
            return outcome
        try:
            await self._namespace.apply(memory, force=True)
        except ApiRefusal as error:
            return outcome_of(error, f"ConfigMap {name_of(memory)}")
        return Accepted()

    async def _fenced(self, fence: int) -> Refused | None:
        higher = await self._leasing.overtaken(fence)
        return _overtaken(fence, higher) if higher else None

    async def _in_turn(self, item: Object, effect: Effect, known: Known) -> Outcome:
        before = known(kind_of(item), name_of(item))
        if before is None and kind_of(item) == _SERVICE:
            async with self._addressing:
                return await self._bring(item, effect, before)
        return await self._bring(item, effect, before)

    async def _bring(self, item: Object, effect: Effect, before: Object | None) -> Outcome:
        wanted, what = stamped(item, effect), f"{kind_of(item)} {name_of(item)}"
        for tried in range(_TRIES):
            try:
                kind = await self._namespace.catalogue.kind(kind_of(item))
                if before is None and tried:
                    before = await self._namespace.get(kind, name_of(item))
                wanted["metadata"]["resourceVersion"] = _NOWHERE
                if before is not None:
                    higher = _fence_of(before)
                    if higher > effect.fence:
                        return _overtaken(effect.fence, higher)
                    if _is_done(before, effect, digest_of_object(item)):
                        return Accepted()
                    if kind.name in REPLACED and annotation_of(before, marks.KEY) != effect.key:
                        uid = text_of(before, "metadata", "uid")
                        await self._namespace.delete(kind, name_of(item), uid)
                        before = None
                        continue
                    wanted["metadata"]["resourceVersion"] = version_of(before)
                await self._namespace.apply(wanted, force=self._take_over)
            except ApiRefusal as error:
                if error.status != 409 or is_conflict_of_managers(error):
                    return outcome_of(error, what)
                before = None
            else:
                return Accepted()
        return Refused("apply/moved", f"{what} keeps changing", temporary=True)

    async def _end(self, left: Sequence[Object], fence: int) -> Outcome:
        for item in reversed(left):
            if kind_of(item) == POD.name or kind_of(item) in KEPT:
                continue
            if _fence_of(item) > fence:
                return _overtaken(fence, _fence_of(item))
            try:
                kind = await self._namespace.catalogue.kind(kind_of(item))
                await self._namespace.delete(kind, name_of(item), text_of(item, "metadata", "uid"))
            except ApiRefusal as error:
                return outcome_of(error, f"{kind_of(item)} {name_of(item)}")
        return Accepted()


def steps(objects: Sequence[Object], known: Known) -> Iterator[list[Object]]:
    """What is brought one after the other, and what of it at the same time.

    A Service that is new comes beside the first controller: nobody calls it yet, its pods do not need
    it, and to give it an address takes a server longer than all the rest.
    """
    new = [o for o in objects if kind_of(o) == _SERVICE and known(_SERVICE, name_of(o)) is None]
    rest = [one for one in objects if one not in new]
    for item in rest:
        together = new if runs_pods(item) else []
        yield [item, *together]
        new = [] if together else new
    if new:
        yield new


def _called(item: Object) -> str:
    return f"{kind_of(item)}/{name_of(item)}"


def _is_done(item: Object, effect: Effect, content: str) -> bool:
    """Whether this effect has brought exactly this already."""
    told = (
        annotation_of(item, marks.KEY),
        annotation_of(item, marks.REVISION),
        annotation_of(item, marks.CONTENT),
    )
    return told == (effect.key, effect.revision, content)


def _fence_of(item: Object) -> int:
    told = annotation_of(item, marks.FENCE)
    return int(told) if told.isdigit() else 0


def _overtaken(fence: int, higher: int) -> Refused:
    return Refused(LEASE_LOST, f"fence {fence} is older than {higher}")

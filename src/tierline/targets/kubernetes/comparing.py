"""Asks a cluster what an apply would change, without changing anything: a dry run of the server.

Also what of ours is there that nobody wants any more. Watches nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from tierline.errors import PermanentError, TemporaryError
from tierline.facts.difference import (
    Change,
    Hindrance,
    ObjectChange,
    Orphan,
    ServiceChange,
)
from tierline.facts.observation import Refused
from tierline.mesh.clean import clean
from tierline.targets.kubernetes import marks
from tierline.targets.kubernetes.answers import ApiRefusal, is_conflict_of_managers, outcome_of
from tierline.targets.kubernetes.api import Api
from tierline.targets.kubernetes.catalogue import Catalogue
from tierline.targets.kubernetes.difference import differing
from tierline.targets.kubernetes.effects import KEPT, REPLACED
from tierline.targets.kubernetes.namespace import Namespace
from tierline.targets.kubernetes.objects import (
    Object,
    annotation_of,
    kind_of,
    label_of,
    name_of,
)
from tierline.targets.kubernetes.rendering import Rendered
from tierline.targets.kubernetes.stamping import Effect, stamped
from tierline.targets.kubernetes.target import Site

_AT_ONCE = 16
Place = tuple[str, str]


class Comparing:
    """The namespace of an environment, looked at once; `close` it in the end."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._api = Api(site.reach, may_run=site.exec_plugins)
        self._namespace = Namespace(
            self._api, site.namespace, site.selector, Catalogue(self._api, site.kinds)
        )
        self._limit = asyncio.Semaphore(_AT_ONCE)
        self._ours: dict[Place, Object] = {}

    async def look(self) -> None:
        """Take in all that carries our labels. PermanentError or TemporaryError where it may not be seen."""
        try:
            kinds = await self._namespace.catalogue.kinds()
            pages = await asyncio.gather(
                *(self._namespace.everything(kind) for kind in kinds.values())
            )
        except ApiRefusal as error:
            raise _unseen(error, self._site.namespace) from error
        self._ours = {(kind_of(one), name_of(one)): one for page in pages for one in page}

    async def compare(self, rendered: Rendered) -> ServiceChange:
        """What an apply of the service would change."""
        hindrances = tuple(
            Hindrance(one.code, one.message, one.unknown) for one in rendered.troubles
        )
        revision = rendered.digest
        changes = await asyncio.gather(*(self._one(item, revision) for item in rendered.objects))
        unknown = tuple(one for one in changes if isinstance(one, Hindrance))
        found = tuple(one for one in changes if isinstance(one, ObjectChange))
        removed = self.removed(rendered)
        return ServiceChange(rendered.service_id, (*found, *removed), (*hindrances, *unknown))

    def removed(self, rendered: Rendered) -> tuple[ObjectChange, ...]:
        """What the service has and would have no more; nothing where nobody can say what it would have."""
        return () if rendered.troubles else tuple(self._left(rendered))

    def orphans(self, services: Iterable[str]) -> tuple[Orphan, ...]:
        """Objects of services that are none of these."""
        declared = frozenset(services)
        found = [
            Orphan(clean(label_of(one, marks.SERVICE), 80), kind, clean(name, 80))
            for (kind, name), one in self._ours.items()
            if label_of(one, marks.SERVICE) not in declared and not label_of(one, marks.STOPPED)
        ]
        return tuple(sorted(found, key=lambda one: (one.service_id, one.kind, one.name)))

    async def close(self) -> None:
        """End all connections."""
        await self._api.close()

    def _left(self, rendered: Rendered) -> Iterable[ObjectChange]:
        """What the service has and its manifests have no more."""
        wanted = {(kind_of(one), name_of(one)) for one in rendered.objects}
        for (kind, name), item in sorted(self._ours.items(), key=lambda one: one[0]):
            ours = label_of(item, marks.SERVICE) == rendered.service_id
            memory = label_of(item, marks.STOPPED) != ""
            if ours and not memory and (kind, name) not in wanted and kind not in KEPT:
                yield ObjectChange(kind, clean(name, 80), Change.REMOVE)

    async def _one(self, item: Object, revision: str) -> ObjectChange | Hindrance:
        kind, name = kind_of(item), name_of(item)
        try:
            async with self._limit:
                before = await self._before(item)
                if before is None:
                    await self._dry(item, before, revision)
                    return ObjectChange(kind, name, Change.CREATE)
                after = await self._dry(item, before, revision)
        except ApiRefusal as error:
            if kind in REPLACED and error.status == 422:
                return ObjectChange(kind, name, Change.REPLACE)
            return _refused(kind, name, error)
        fields = differing(before, after)
        return ObjectChange(kind, name, Change.CHANGE if fields else Change.SAME, fields)

    async def _before(self, item: Object) -> Object | None:
        kind, name = kind_of(item), name_of(item)
        known = self._ours.get((kind, name))
        if known is not None:
            return known
        return await self._namespace.get(await self._namespace.catalogue.kind(kind), name)

    async def _dry(self, item: Object, before: Object | None, revision: str) -> Object:
        """What would come of it; as the effect that is there already, since each makes new pods."""
        key = annotation_of(before, marks.KEY) if before else ""
        fence = annotation_of(before, marks.FENCE) if before else ""
        told = Effect(
            label_of(item, marks.SERVICE),
            (annotation_of(before, marks.REVISION) if before else "") or revision,
            key or "dry-run",
            int(fence) if fence.isdigit() else 0,
            self._site.otlp,
        )
        return await self._namespace.apply(
            stamped(item, told), force=self._site.take_over, dry=True
        )


def _refused(kind: str, name: str, error: ApiRefusal) -> ObjectChange | Hindrance:
    outcome = outcome_of(error, f"{kind} {clean(name)}")
    if isinstance(outcome, Refused) and (not outcome.temporary or is_conflict_of_managers(error)):
        return ObjectChange(kind, name, Change.REFUSED, (), outcome.code, outcome.message)
    told = f"{kind} {clean(name)}: {error.message}"
    return Hindrance("cluster/silent", told, unknown=True)


def _unseen(error: ApiRefusal, namespace: str) -> PermanentError | TemporaryError:
    message = f"namespace {namespace} cannot be looked at: {error.message}"
    if error.passing:
        return TemporaryError(message, code="cluster/silent", fix="run the same command again")
    fix = "see docs/kubernetes.md for the rights that are needed"
    return PermanentError(message, code="cluster/refused", fix=fix)

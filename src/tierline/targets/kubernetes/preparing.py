"""Makes what is planned ready to be applied: renders it, compares it with the plan, keeps it.

Pulls and builds nothing: images are built elsewhere, and the nodes pull them.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Protocol

from tierline.errors import PermanentError, TierlineError
from tierline.facts.revision import moved
from tierline.frozen import frozen
from tierline.plan.model import Plan, PlannedService
from tierline.targets.asking.promised import Promised
from tierline.targets.kubernetes.bundles import Bundle, Bundles
from tierline.targets.kubernetes.configuration import configured
from tierline.targets.kubernetes.rendering import Rendered
from tierline.targets.protocol import Prepared

_LONGEST = 1000


@frozen
class Ready:
    """What a checkout gives of a service: its objects, its owners, what may be asked of it by GET,
    and what it promises.
    """

    rendered: Rendered
    owners: tuple[str, ...] = ()
    safe_paths: tuple[str, ...] = ()
    promised: Promised | None = None


class Renderer(Protocol):
    """Renders services of a checkout for one environment."""

    def ready(self, service_id: str) -> Ready: ...


class Preparation:
    """From a checkout into the bundles of an environment.

    `sourced`: an image whose source nobody knows is refused; one of another source always is.
    """

    def __init__(self, renderer: Renderer, bundles: Bundles, *, sourced: bool) -> None:
        self._renderer, self._bundles, self._sourced = renderer, bundles, sourced

    async def prepare(self, plan: Plan) -> AsyncGenerator[Prepared, None]:
        """One item for each planned service, in the order of the plan."""
        self._bundles.keeping.protect(plan)
        for planned in plan.services:
            yield await asyncio.to_thread(self._one, planned)

    def _one(self, planned: PlannedService) -> Prepared:
        name = planned.service_id
        try:
            kept = self._bundles.find(name, planned.revision.id)
            if kept is None or kept.promised is None:
                self._bundles.keep(self._bundle(planned))
        except TierlineError as error:
            return Prepared(name, ok=False, code=error.code, detail=error.message[:_LONGEST])
        except OSError as error:
            detail = f"its objects cannot be kept: {error.strerror} ({error.filename})"
            return Prepared(name, ok=False, code="build/failed", detail=detail)
        return Prepared(name, ok=True)

    def _bundle(self, planned: PlannedService) -> Bundle:
        ready = self._renderer.ready(planned.service_id)
        rendered = ready.rendered
        if rendered.troubles:
            first = rendered.troubles[0]
            told = "; ".join(one.message for one in rendered.troubles)
            raise PermanentError(told, code=first.code, fix="mend it there and plan again")
        now = configured(planned.revision, rendered, sourced=self._sourced)
        if now.id != planned.revision.id:
            parts = ", ".join(moved(planned.revision, now))
            raise PermanentError(
                f"it is no longer what was planned; changed since: {parts}",
                code="build/moved",
                fix="plan again: tierline plan",
            )
        self._of_its_source(planned, rendered)
        return Bundle(
            planned.service_id,
            planned.revision.id,
            rendered.objects,
            ready.owners,
            ready.safe_paths,
            ready.promised,
        )

    def _of_its_source(self, planned: PlannedService, rendered: Rendered) -> None:
        wanted = planned.revision.source_id
        for name, source in sorted(rendered.sources.items()):
            if source and source != wanted:
                raise PermanentError(
                    f"image {name} was built from source {source[:12]}, planned is {wanted[:12]}",
                    code="image/other-source",
                    fix="build the image from what was planned, or plan what was built",
                )
            if not source and self._sourced:
                raise PermanentError(
                    f"nobody says from which source image {name} was built",
                    code="image/no-source",
                    fix="label the image with its revision, or give it in --images FILE",
                )

"""Finds out which planned services others have rolled out, and whether as planned; changes nothing.

What an apply of ours would change is asked by a dry run of the server, as for `diff`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence

from tierline.frozen import frozen
from tierline.mesh.clean import clean
from tierline.targets.kubernetes import marks
from tierline.targets.kubernetes.answers import ApiRefusal
from tierline.targets.kubernetes.api import Api
from tierline.targets.kubernetes.catalogue import Catalogue
from tierline.targets.kubernetes.difference import bare, differing
from tierline.targets.kubernetes.foreign import (
    ANOTHER,
    Brought,
    Foreign,
    Runner,
    beyond,
    managers_of,
    settings_at,
)
from tierline.targets.kubernetes.namespace import Namespace
from tierline.targets.kubernetes.objects import (
    Object,
    annotation_of,
    container_of,
    inside,
    kind_of,
    label_of,
    name_of,
    runs_pods,
    template_of,
    text_of,
)
from tierline.targets.kubernetes.preparing import Ready
from tierline.targets.kubernetes.references import config_maps
from tierline.targets.kubernetes.target import Site

_AT_ONCE = 16
_MOST = 3
"""differences that are named"""


@frozen
class _Pair:
    wanted: Object
    there: Object | None


class Recognising:
    """The namespace of an environment; `close` it in the end."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._api = Api(site.reach, may_run=site.exec_plugins)
        catalogue = Catalogue(self._api, site.kinds)
        self._namespace = Namespace(self._api, site.namespace, site.selector, catalogue)
        self._limit = asyncio.Semaphore(_AT_ONCE)

    async def close(self) -> None:
        """End all connections."""
        await self._api.close()

    async def find(self, planned: Mapping[str, tuple[str, Ready]]) -> Foreign:
        """Service -> its planned revision and how it is rendered. Those that are ours, or not there,
        are left out.
        """
        found = await asyncio.gather(*(self._one(*told) for told in planned.values()))
        labels = {marks.MESH: self._site.mesh, marks.ENVIRONMENT: self._site.environment}
        brought = [one for one in found if one is not None]
        return Foreign(
            labels,
            {one.service_id: one for one, _, _ in brought},
            {place: one.service_id for one, places, _ in brought for place in places},
            tuple(runner for _, _, runners in brought for runner in runners),
            {
                (kind_of(item), name_of(item)): rule
                for _, ready in planned.values()
                for item in ready.rendered.objects
                if (rule := annotation_of(item, marks.READY))
            },
        )

    async def _one(
        self, revision: str, ready: Ready
    ) -> tuple[Brought, Sequence[tuple[str, str]], Sequence[Runner]] | None:
        rendered = ready.rendered
        try:
            pairs = await asyncio.gather(*(self._pair(one) for one in rendered.objects))
        except ApiRefusal:
            return None
        running = [one for one in pairs if runs_pods(one.wanted) and one.there is not None]
        if not running or any(label_of(one.there or {}, marks.MESH) for one in running):
            return None
        differences, doubt = await self._compared(pairs)
        names = (name for one in running for name in managers_of(one.there or {}))
        stands, why = _stands(revision, differences, doubt)
        brought = Brought(
            rendered.service_id,
            tuple(clean(name, 80) for name in dict.fromkeys(names)),
            stands,
            why,
            ready.owners,
            ready.safe_paths,
            ready.promised,
        )
        places = [(kind_of(one.wanted), name_of(one.wanted)) for one in pairs if one.there]
        return brought, places, [_runner(one.wanted, pairs, brought) for one in running]

    async def _pair(self, wanted: Object) -> _Pair:
        async with self._limit:
            kind = await self._namespace.catalogue.kind(kind_of(wanted))
            return _Pair(wanted, await self._namespace.get(kind, name_of(wanted)))

    async def _compared(self, pairs: Iterable[_Pair]) -> tuple[list[str], str]:
        """Where the cluster has something else, and why that cannot be told."""
        differences: list[str] = []
        for pair in pairs:
            shown = f"{kind_of(pair.wanted)} {clean(name_of(pair.wanted), 80)}"
            if pair.there is None:
                differences.append(f"{shown} is not there")
                continue
            plain = _plain(pair.wanted)
            try:
                async with self._limit:
                    after = await self._namespace.apply(plain, force=True, dry=True)
            except ApiRefusal as error:
                return differences, f"{shown} cannot be compared: {error.message}"
            paths = [one.path for one in differing(pair.there, after)]
            image = _image_path(pair.wanted)
            paths = [path for path in (*paths, *beyond(plain, pair.there)) if path != image]
            if paths:
                differences.append(
                    f"{shown}: {', '.join(clean(one, 120) for one in paths[:_MOST])}"
                )
        return differences, ""


def _stands(revision: str, differences: Sequence[str], doubt: str) -> tuple[str, str]:
    if differences:
        more = f" and {len(differences) - _MOST} more" if len(differences) > _MOST else ""
        return ANOTHER, "; ".join(differences[:_MOST]) + more
    return ("", doubt) if doubt else (revision, "")


def _plain(item: Object) -> Object:
    """An object as its manifests have it, without anything of ours."""
    made = bare(item)
    for holder in (made, template_of(made) or {}):
        annotations = inside(holder, "metadata", "annotations")
        for key in [key for key in annotations if key.startswith(marks.PREFIX)]:
            del annotations[key]
    return made


def _image_path(item: Object) -> str:
    """The image of the workload itself, which pods are judged by: a digest may have other names."""
    template = template_of(item) or {}
    return f"spec.template.spec.containers[{annotation_of(template, marks.CONTAINER)}].image"


def _runner(item: Object, pairs: Iterable[_Pair], brought: Brought) -> Runner:
    template = template_of(item) or {}
    read = set(config_maps(template))
    maps = [
        one.there
        for one in pairs
        if one.there and kind_of(one.wanted) == "ConfigMap" and name_of(one.wanted) in read
    ]
    container = annotation_of(template, marks.CONTAINER)
    selector = inside(item, "spec", "selector", "matchLabels")
    return Runner(
        brought.service_id,
        kind_of(item),
        name_of(item),
        {key: str(value) for key, value in selector.items()},
        label_of(template, marks.WORKLOAD),
        container,
        text_of(container_of(template, container), "image"),
        settings_at(maps),
    )

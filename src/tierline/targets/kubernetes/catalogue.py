"""Which kinds a cluster serves that are applied here: those of every cluster, and the mesh's own.

The mesh names group, version and kind; the API server says how they are addressed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tierline.targets.kubernetes.answers import ApiRefusal
from tierline.targets.kubernetes.api import Api
from tierline.targets.kubernetes.objects import KINDS, Kind, listed, text_of


class Catalogue:
    """Asks once for each group and version; `own` are `group/version/Kind`."""

    def __init__(self, api: Api, own: Iterable[str] = ()) -> None:
        self._api, self._own = api, tuple(own)
        self._known: Mapping[str, Kind] | None = None if self._own else KINDS

    async def kinds(self) -> Mapping[str, Kind]:
        """By name. What a cluster does not serve, or has once for all namespaces, is left out.

        ApiRefusal where it cannot be asked.
        """
        if self._known is None:
            found = dict(KINDS)
            groups = sorted({name.rpartition("/")[0] for name in self._own})
            for api_version in groups:
                found.update(await self._served(api_version))
            self._known = found
        return self._known

    async def kind(self, name: str) -> Kind:
        """One of them. ApiRefusal 404 where there is no such kind."""
        found = (await self.kinds()).get(name)
        if found is None:
            raise ApiRefusal(404, f"the cluster serves no {name} for namespaces here", {})
        return found

    async def _served(self, api_version: str) -> dict[str, Kind]:
        try:
            answer = await self._api.send("GET", f"/apis/{api_version}")
        except ApiRefusal as error:
            if error.status == 404:
                return {}
            raise
        return {
            name: Kind(api_version, name, plural)
            for one in listed(answer, "resources")
            if (name := text_of(one, "kind"))
            and f"{api_version}/{name}" in self._own
            and "/" not in (plural := text_of(one, "name"))
            and plural
            and one.get("namespaced") is True
        }

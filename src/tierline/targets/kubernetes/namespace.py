"""One namespace of a cluster as our calls need it: one object, all of a kind, a change, an apply."""

from __future__ import annotations

from collections.abc import Mapping

from tierline.frozen import frozen
from tierline.targets.kubernetes import marks
from tierline.targets.kubernetes.answers import ApiRefusal
from tierline.targets.kubernetes.api import APPLY, Api, Body
from tierline.targets.kubernetes.catalogue import Catalogue
from tierline.targets.kubernetes.objects import (
    Kind,
    Object,
    kind_of,
    listed,
    name_of,
    text_of,
)

_PAGE = "500"
LEASES = Kind("coordination.k8s.io/v1", "Lease", "leases")


@frozen
class Namespace:
    """`selector` picks the objects of one mesh and environment, which are of kinds of `catalogue`."""

    api: Api
    name: str
    selector: str
    catalogue: Catalogue

    def path(self, kind: Kind, name: str = "", below: str = "") -> str:
        """Of all of a kind, of one object, or of something below that."""
        parts = [kind.root, "namespaces", self.name, kind.plural, name, below]
        return "/".join(part for part in parts if part)

    async def get(self, kind: Kind, name: str) -> Object | None:
        """One object; None where it is not there."""
        try:
            return await self.api.send("GET", self.path(kind, name))
        except ApiRefusal as error:
            if error.status == 404:
                return None
            raise

    async def apply(self, item: Object, *, force: bool, dry: bool = False) -> Object:
        """Server-side apply under our own field manager; `dry`: what would come of it."""
        query = {"fieldManager": marks.MANAGER, "force": "true" if force else "false"}
        if dry:
            query["dryRun"] = "All"
        path = self.path(await self.catalogue.kind(kind_of(item)), name_of(item))
        return await self.api.send("PATCH", path, query, Body(item, APPLY))

    async def create(self, kind: Kind, item: Object) -> Object:
        """Make it; ApiRefusal 409 where it is there."""
        return await self.api.send("POST", self.path(kind), {}, Body(item))

    async def replace(self, kind: Kind, item: Object) -> Object:
        """Put it in place of the version that it names; ApiRefusal 409 where that moved."""
        return await self.api.send("PUT", self.path(kind, name_of(item)), {}, Body(item))

    async def delete(self, kind: Kind, name: str, uid: str) -> None:
        """End one object with what it made; harmless where it is gone, or another took its name."""
        options: Object = {
            "apiVersion": "v1",
            "kind": "DeleteOptions",
            "propagationPolicy": "Background",
            "preconditions": {"uid": uid},
        }
        try:
            await self.api.fetch("DELETE", self.path(kind, name), {}, Body(options))
        except ApiRefusal as error:
            if error.status not in {404, 409}:
                raise

    async def everything(self, kind: Kind) -> list[Object]:
        """All of our objects of a kind."""
        found: list[Object] = []
        page = await self.list(kind, {"limit": _PAGE})
        while True:
            told = {"apiVersion": kind.api_version, "kind": kind.name}
            found += [{**one, **told} for one in listed(page, "items")]
            following = text_of(page, "metadata", "continue")
            if not following:
                return found
            page = await self.list(kind, {"limit": _PAGE, "continue": following})

    async def list(self, kind: Kind, query: Mapping[str, str]) -> Object:
        """A page of our objects of a kind."""
        return await self.api.send(
            "GET", self.path(kind), {"labelSelector": self.selector, **query}
        )

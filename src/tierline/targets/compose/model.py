"""What the target knows of services, as values: their parts in Compose, and what was staged of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, field, replace
from typing import Any

from tierline.frozen import frozen
from tierline.targets.asking.promised import Promised

SERVICE, WORKLOAD = "dev.tierline.service", "dev.tierline.workload"
REVISION, IMAGE = "dev.tierline.revision", "dev.tierline.image"
KEY, FENCE, SENDER = "dev.tierline.key", "dev.tierline.fence", "dev.tierline.sender"
COMPOSE_SERVICE, COMPOSE_PROJECT = "com.docker.compose.service", "com.docker.compose.project"


@frozen
class Part:
    """A service of a Compose file that is a workload of one of ours."""

    name: str
    service_id: str
    workload: str


@frozen
class StagedPart:
    """A part as it would run: `image` is the engine's id of it, `port` where it serves HTTP (or 0).

    `known`: whether the image is known to be built from the planned source. `networks` are full
    names, the first one is where we ask and are told.
    """

    name: str
    workload: str
    image: str
    port: int
    networks: tuple[str, ...]
    known: bool = True


@frozen
class Staged:
    """A revision of a service that could be started now. `document` is what Compose would run.

    `owners` maps owners to `host:port` as the service knows them.
    """

    service_id: str
    revision: str
    parts: tuple[StagedPart, ...]
    document: Mapping[str, Any]
    owners: Mapping[str, str] = field(default_factory=dict[str, str])
    safe_paths: tuple[str, ...] = ()
    first: str = "api"
    """the workload that answers for the service"""
    infrastructure: Mapping[str, int] = field(default_factory=dict[str, int])
    """what it needs that is no service of the mesh -> its port, 0 where that is not known"""
    promised: Promised | None = None
    """None where an older version kept it"""

    def part(self, workload: str) -> StagedPart | None:
        """The part that runs a workload."""
        return next((one for one in self.parts if one.workload == workload), None)

    def to_json(self) -> str:
        """As it is kept on disk."""
        told = self.promised.to_json() if self.promised else None
        whole = asdict(replace(self, promised=None))
        return json.dumps({**whole, "promised": told}, sort_keys=True)

    @staticmethod
    def of_json(text: str) -> Staged:
        """ValueError, TypeError or KeyError for a text of another version."""
        found: dict[str, Any] = json.loads(text)
        given: list[dict[str, Any]] = found.pop("parts")
        parts = [StagedPart(networks=tuple(one.pop("networks")), **one) for one in given]
        told = Promised.of_json(found.pop("promised", None))
        paths = tuple(found.pop("safe_paths"))
        return Staged(parts=tuple(parts), safe_paths=paths, promised=told, **found)

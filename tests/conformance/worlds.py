"""Where the conformance suite plays: one factory per target, each with the same five services.

A factory makes a world out of an empty folder. To put a target under the suite, add a row to
FACTORIES; a world must show the behaviours that `Service` names.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from conformance.compose_world import compose_world
from conformance.kubernetes_world import kubernetes_world
from conformance.local_world import local_world
from conformance.services import Services
from docker_bed import Engine
from kubernetes_bed import Cluster
from tierline.plan.model import Plan
from tierline.targets.protocol import Target

__all__ = ["FACTORIES", "Services", "World"]


@dataclass(frozen=True, slots=True)
class World:
    """`plan(edition)` is the plan of all services at that edition of their source.

    `again()` is a target for the same environment as another process would make it; `break_view`
    makes every open view break off once, None where that cannot be done. `connects`: a connection
    can be tried from where a service is; in a pod nothing of ours can be run, so it is unknown there.
    """

    target: Target
    plan: Callable[[int], Plan]
    again: Callable[[], Target]
    break_view: Callable[[], Awaitable[None]] | None = None
    connects: bool = True


@asynccontextmanager
async def _local(folder: Path) -> AsyncGenerator[World, None]:
    async with local_world(folder) as made:
        yield World(made.target(), made.plan, made.target, made.kill_supervisor)


@asynccontextmanager
async def _compose(folder: Path, engine: Engine) -> AsyncGenerator[World, None]:
    async with compose_world(folder, engine) as made:
        yield World(made.target(), made.plan, made.target, made.gate.cut)


@asynccontextmanager
async def _kubernetes(folder: Path, cluster: Cluster) -> AsyncGenerator[World, None]:
    async with kubernetes_world(folder, cluster) as made:
        yield World(made.target(), made.plan, made.target, made.break_view, connects=False)


FACTORIES: dict[str, Callable[..., AbstractAsyncContextManager[World]]] = {
    "compose": _compose,
    "kubernetes": _kubernetes,
    "local": _local,
}
BEDS = {"compose": "docker_engine", "kubernetes": "cluster"}
"""target -> the fixture of the bed that its factory gets besides the folder"""

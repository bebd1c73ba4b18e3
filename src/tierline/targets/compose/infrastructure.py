"""Whether the databases, brokers and the like that a service's containers need are there and well.

They are services of the environment's Compose files that are none of the mesh's: tierline starts none
of them, and asks them before it starts what needs them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

from tierline.mesh.clean import clean
from tierline.targets.asking.addresses import parse_address
from tierline.targets.compose.engine import Engine
from tierline.targets.compose.model import COMPOSE_SERVICE, Staged
from tierline.targets.compose.rendering import Document, table

PATIENCE_SECONDS = 10.0
"""how long something that runs may take to become well: databases start slowly"""
_PAUSE = 0.25
_CONNECT_SECONDS = 1.0
_LONGEST = 200


def needed_by(
    project: Document, own: Iterable[str], of_the_mesh: Iterable[str]
) -> Mapping[str, int]:
    """Compose's name of each that `own` services name in an address or wait for -> its port, 0 if no
    address tells one.
    """
    others = project["services"].keys() - set(of_the_mesh)
    found: dict[str, int] = {}
    for name in own:
        service = project["services"][name]
        for other in table(service.get("depends_on")).keys() & others:
            found.setdefault(other, 0)
        values = table(service.get("environment")).values()
        for address in (parse_address(str(one)) for one in values if one):
            if address is not None and address.host in others:
                found[address.host] = address.port
    return dict(sorted(found.items()))


class Infrastructure:
    """What of a project is infrastructure, as its engine has it now."""

    def __init__(self, engine: Engine, project: str) -> None:
        self._engine, self._project = engine, project

    async def trouble(self, staged: Staged) -> str:
        """What of all that a revision needs is not there or not well; "" where nothing is known to be.

        Waits a little for what runs and is not well yet.
        """
        if not staged.infrastructure:
            return ""
        loop = asyncio.get_running_loop()
        until = loop.time() + PATIENCE_SECONDS
        while True:
            shown = await self._engine.containers(self._project)
            known = {_name(one): one for one in shown if _runs(one)}
            absent = [name for name in staged.infrastructure if name not in known]
            told = [f"{clean(name)} does not run" for name in absent]
            for name, port in staged.infrastructure.items():
                if name in known and (ill := await _illness(known[name], port)):
                    told.append(f"{clean(name)} {ill}")
            if absent or not told or loop.time() >= until:
                return "; ".join(told)
            await asyncio.sleep(_PAUSE)


def _name(shown: Document) -> str:
    labels: Mapping[str, str] = shown["Config"].get("Labels") or {}
    return labels.get(COMPOSE_SERVICE, "")


def _runs(shown: Document) -> bool:
    return bool(shown["State"].get("Running"))


async def _illness(shown: Document, port: int) -> str:
    """By its own health check, else by a connection; "" where neither says anything against it."""
    health: Mapping[str, Any] = shown["State"].get("Health") or {}
    match health.get("Status"):
        case "healthy":
            return ""
        case "unhealthy" | "starting" as status:
            log: list[Mapping[str, Any]] = health.get("Log") or []
            last = str(log[-1].get("Output") or "").strip() if log else ""
            said = f": {clean(last)[:_LONGEST]}" if last else ""
            return f"is {status} by its own health check{said}"
        case _:
            return await _refusal(shown, port) if port else ""


async def _refusal(shown: Document, port: int) -> str:
    """Only a refusal counts: a network that this host is not in says nothing about who is in it."""
    networks: Mapping[str, Any] = shown["NetworkSettings"].get("Networks") or {}
    address = next((one["IPAddress"] for one in networks.values() if one.get("IPAddress")), "")
    if not address:
        return ""
    try:
        async with asyncio.timeout(_CONNECT_SECONDS):
            _, writer = await asyncio.open_connection(address, port)
    except ConnectionRefusedError:
        return f"runs and refuses connections at port {port}"
    except (OSError, TimeoutError):
        return ""
    writer.close()
    return ""

"""Whether what a service needs besides the mesh (databases, brokers) accepts connections.

Local starts none of it. What refuses is remembered, to stand beside the service's own failure.
"""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Mapping

from tierline.targets.local.addresses import Address
from tierline.targets.local.probe import connect

_AWAITED_SECONDS = 0.1
_TRIED_SECONDS = 2.0
_MOST = 16


class Infrastructure:
    """What was found out for each service when it was started last."""

    def __init__(self) -> None:
        self._remarks: dict[str, dict[str, str]] = {}
        self._running: set[asyncio.Task[None]] = set()

    def remark(self, service_id: str) -> str:
        """The refusals in words, "" if there was none."""
        return "; ".join(self._remarks.get(service_id, {}).values())

    async def look(self, service_id: str, wanted: Mapping[str, tuple[Address, ...]]) -> None:
        """Try to connect, at most 0.1 s long; what takes longer is noted when it is known."""
        remarks = self._remarks[service_id] = dict[str, str]()
        pairs = [(key, address) for key, addresses in wanted.items() for address in addresses]
        tasks = [
            asyncio.create_task(self._try(remarks, key, address))
            for key, address in pairs[:_MOST]
            if _may_be_tried(address)
        ]
        self._running.update(tasks)
        for task in tasks:
            task.add_done_callback(self._running.discard)
        if tasks:
            await asyncio.wait(tasks, timeout=_AWAITED_SECONDS)

    async def _try(self, remarks: dict[str, str], key: str, address: Address) -> None:
        trouble = await connect(address, _TRIED_SECONDS)
        if trouble:
            remarks[f"{key} {address.host}:{address.port}"] = f"{key}: {trouble}"


def _may_be_tried(address: Address) -> bool:
    """Metadata services and groups are never connected to on a mesh's word."""
    try:
        found = ipaddress.ip_address(address.host)
    except ValueError:
        return True
    return not (found.is_link_local or found.is_multicast or found.is_unspecified)

"""Whether what a service needs besides the mesh (databases, brokers) accepts connections.

Local starts none of it. What refuses is remembered, to stand beside the service's own failure.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import socket
import threading
from collections.abc import Mapping
from dataclasses import replace

from tierline.targets.asking.addresses import Address
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
            asyncio.create_task(self._try(remarks, key, address)) for key, address in pairs[:_MOST]
        ]
        self._running.update(tasks)
        for task in tasks:
            task.add_done_callback(self._running.discard)
        if tasks:
            await asyncio.wait(tasks, timeout=_AWAITED_SECONDS)

    async def _try(self, remarks: dict[str, str], key: str, address: Address) -> None:
        place = f"{address.host}:{address.port}"
        try:
            async with asyncio.timeout(_TRIED_SECONDS):
                found = await _look_up(address.host)
        except (OSError, TimeoutError):
            remarks[f"{key} {place}"] = f"{key}: no address is known for {address.host}"
            return
        if not _may_be_tried(found):
            return
        trouble = await connect(replace(address, host=found), _TRIED_SECONDS)
        if trouble:
            remarks[f"{key} {place}"] = f"{key}: {trouble}"


async def _look_up(host: str) -> str:
    """The first address of a name. Its thread is a daemon: a slow name server delays no exit."""
    with contextlib.suppress(ValueError):
        return str(ipaddress.ip_address(host))
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[str] = loop.create_future()

    def settle(found: str | OSError) -> None:
        if answer.done():
            return
        if isinstance(found, str):
            answer.set_result(found)
        else:
            answer.set_exception(found)

    def look_up() -> None:
        try:
            found = str(socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)[0][4][0])
        except (OSError, UnicodeError) as error:
            found = error if isinstance(error, OSError) else OSError(str(error))
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(settle, found)

    threading.Thread(target=look_up, daemon=True).start()
    return await answer


def _may_be_tried(address: str) -> bool:
    """Metadata services and groups are never connected to on a mesh's word."""
    found = ipaddress.ip_address(address)
    return not (found.is_link_local or found.is_multicast or found.is_unspecified)

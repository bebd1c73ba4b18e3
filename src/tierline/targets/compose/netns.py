"""Opens connections from inside a container's network, as the container itself would.

A thread of its own enters the network namespace of the container's process, which needs root (or
CAP_SYS_ADMIN). Where that is not allowed nothing is known, and said so.
"""

from __future__ import annotations

import asyncio
import ctypes
import os
import socket
from concurrent.futures import ThreadPoolExecutor

from tierline.facts.evidence import Answer
from tierline.targets.asking.addresses import Address

_NEWNET = 0x40000000
_SECONDS = 1.0
_libc = ctypes.CDLL(None, use_errno=True)


async def connect_from(pid: int, address: Address) -> tuple[Answer, str]:
    """Whether `address` accepts a connection from the network of process `pid`."""
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(1, thread_name_prefix="netns") as pool:
        return await loop.run_in_executor(pool, _connect, pid, address)


def _connect(pid: int, address: Address) -> tuple[Answer, str]:
    place = f"{address.host}:{address.port}"
    try:
        descriptor = os.open(f"/proc/{pid}/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        return Answer.UNKNOWN, f"its network cannot be entered: {error.strerror}"
    try:
        if _libc.setns(descriptor, _NEWNET):
            why = os.strerror(ctypes.get_errno())
            return Answer.UNKNOWN, f"its network cannot be entered: {why}; run tierline as root"
    finally:
        os.close(descriptor)
    try:
        socket.create_connection((address.host, address.port), _SECONDS).close()
    except ConnectionRefusedError:
        return Answer.NOBODY, f"{place} refuses connections"
    except TimeoutError:
        return Answer.NOBODY, f"{place} does not answer within {_SECONDS:g} s"
    except OSError as error:
        return Answer.NOBODY, f"{place} cannot be reached: {error.strerror or error}"
    return Answer.OK, f"{place} accepts connections"

"""Whether something answers at addresses that a mesh names; asks nobody but this machine itself."""

from __future__ import annotations

import ipaddress
import socket

from tierline.mesh.clean import clean

_SECONDS = 1.0


def answer(address: str) -> str | None:
    """Why nothing answers at `host:port`, "" where something does; None: it is elsewhere.

    A mesh may name anything, a metadata service, too: only loopback addresses are connected to.
    """
    host, _, port = address.rpartition(":")
    shown = clean(host)
    try:
        found = socket.getaddrinfo(host.strip("[]"), int(port), type=socket.SOCK_STREAM)
    except (OSError, UnicodeError, ValueError):
        return f"no address is known for {shown}"
    loopback = [each[4] for each in found if ipaddress.ip_address(str(each[4][0])).is_loopback]
    if not loopback:
        return None
    try:
        with socket.create_connection((str(loopback[0][0]), int(port)), _SECONDS):
            return ""
    except OSError as error:
        reason = "nobody listens" if isinstance(error, ConnectionRefusedError) else str(error)
        return f"{shown}:{port}: {reason}"

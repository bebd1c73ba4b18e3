"""How an address is written, moved, and which port it means; knows no network."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tierline.frozen import frozen

_URL = re.compile(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<user>[^/@\s]*@)?"
    r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^/:\s,\[\]?#]+)(?::(?P<port>\d{1,5}))?(?P<rest>[/?#]\S*)?"
)
_HOST_PORT = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):(?P<port>\d{1,5})")
_DEFAULT_PORTS = {
    "http": 80,
    "https": 443,
    "postgres": 5432,
    "postgresql": 5432,
    "redis": 6379,
    "rediss": 6379,
    "amqp": 5672,
    "mysql": 3306,
    "mongodb": 27017,
    "nats": 4222,
    "kafka": 9092,
}


@frozen
class Address:
    """A parsed `host:port` or URL. `scheme` is "" for the bare form."""

    scheme: str
    host: str
    port: int


def parse_address(value: str) -> Address | None:
    """The address a value holds, None where it is not one (or names no port)."""
    found = _URL.fullmatch(value)
    if found:
        scheme = found["scheme"].lower()
        port = int(found["port"]) if found["port"] else _DEFAULT_PORTS.get(scheme, 0)
        host = found["host"].strip("[]")
        return Address(scheme, host, port) if 0 < port < 65536 else None
    found = _HOST_PORT.fullmatch(value)
    if found and 0 < int(found["port"]) < 65536:
        return Address("", found["host"].strip("[]"), int(found["port"]))
    return None


def moved_to(value: str, host: str, port: int, *, bare: bool) -> str:
    """The value pointing at `host:port` in the shape it had.

    A URL stays a URL with its scheme and path, `host:port` stays that; what has no shape yet (a
    reference) becomes `host:port` if `bare`, else `http://host:port`.
    """
    found = _URL.fullmatch(value)
    if found:
        return f"{found['scheme']}://{host}:{port}{found['rest'] or ''}"
    if _HOST_PORT.fullmatch(value) or bare:
        return f"{host}:{port}"
    return f"http://{host}:{port}"


def port_name(key: str, value: str, declared: Mapping[str, int]) -> str:
    """Which port of the owner a key means: by its words, its scheme, the number it named, or http.

    `declared` maps the owner's port names to the numbers in its own configuration.
    """
    words = re.split(r"[^a-z0-9]+", key.lower())
    if "grpc" in words or "rpc" in words:
        return "grpc"
    if "http" in words:
        return "http"
    address = parse_address(value)
    if address is None or address.scheme in {"http", "https"}:
        return "http"
    if address.scheme == "grpc":
        return "grpc"
    by_number = [name for name, number in declared.items() if number == address.port]
    return by_number[0] if len(by_number) == 1 else "http"

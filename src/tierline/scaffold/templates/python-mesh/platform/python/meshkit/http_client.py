"""Calls other services over HTTP with kept connections; knows no service by name."""

from __future__ import annotations

import http.client
import json
from collections import deque

POOL = 4


class Unreachable(Exception):
    """Nobody answered at the address of an owner."""


def split_address(address):
    """`http://host:port/base`, `host:port` or `host` -> (host, port, base path)."""
    place, _, base = address.split("://", 1)[-1].partition("/")
    host, _, port = place.rpartition(":") if ":" in place else (place, "", "80")
    if not host or not port.isdigit():
        raise Unreachable(f"{address!r} is not an address")
    return host, int(port), f"/{base}".rstrip("/")


class Client:
    """Talks to one address. `timeout` in seconds bounds each wait."""

    def __init__(self, address, timeout=1.0):
        self.address, self._timeout = address, timeout
        self._idle = deque(maxlen=POOL)

    def get(self, path, headers=None):
        """(status, decoded JSON body); Unreachable when nobody answers."""
        return self.call("GET", path, None, headers)

    def post(self, path, body, headers=None):
        """Like `get`, with a JSON body."""
        return self.call("POST", path, json.dumps(body).encode(), headers)

    def call(self, method, path, data=None, headers=None):
        """One request; a kept connection that the other side has closed is replaced once."""
        sent = {"Content-Type": "application/json", **(headers or {})}
        host, port, base = split_address(self.address)
        for connection in self._connections(host, port):
            fresh = connection.sock is None
            try:
                connection.request(method, base + path, body=data, headers=sent)
                response = connection.getresponse()
                content = response.read()
            except (OSError, http.client.HTTPException) as error:
                connection.close()
                if fresh:
                    raise Unreachable(f"{self.address}: {error}") from error
                continue
            self._idle.append(connection)
            return response.status, _decoded(content)
        raise Unreachable(f"{self.address}: every connection was closed")

    def _connections(self, host, port):
        try:
            yield self._idle.pop()
        except IndexError:
            pass
        yield http.client.HTTPConnection(host, port, timeout=self._timeout)


def _decoded(content):
    try:
        return json.loads(content) if content else None
    except ValueError:
        return None

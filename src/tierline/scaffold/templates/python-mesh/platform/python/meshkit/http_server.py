"""Serves JSON over HTTP/1.1 with kept connections; knows routes, not what they mean.

A handler takes a `Request` and gives `(status, body)`. Routes are `{("GET", "/things/{id}"):
handler}`; the part in braces arrives in `request.values`.
"""

from __future__ import annotations

import json
import socketserver
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, unquote

from meshkit.http_client import Unreachable

BODY_LIMIT = 1_000_000


class Request:
    """What a handler gets."""

    def __init__(self, method, path, values=None, query=None, headers=None, raw=b"", span=None):
        self.method, self.path = method, path
        self.values, self.query, self.headers = values or {}, query or {}, headers or {}
        self.raw, self.body, self.span = raw, json.loads(raw) if raw else None, span

    @property
    def token(self):
        """The bearer token that the caller shows, or ""."""
        kind, _, token = self.headers.get("Authorization", "").partition(" ")
        return token.strip() if kind.lower() == "bearer" else ""

    @property
    def trace(self):
        """Headers that make a call to another service part of this request's trace."""
        return self.span.headers if self.span else {}

    def field(self, name, kind=str):
        """A member of the JSON body that must be there; ValueError says which one is not."""
        value = self.body.get(name) if isinstance(self.body, dict) else None
        if not isinstance(value, kind) or isinstance(value, bool) is not (kind is bool):
            raise ValueError(f"{name} is missing or is not of type {kind.__name__}")
        return value


Routes = dict[tuple[str, str], Callable[[Request], tuple[int, object]]]


def refusal(status, message):
    """An answer that says no, and why."""
    return status, {"error": message}


def find(routes, method, path):
    """(handler, pattern, values) of the first route that fits, or None."""
    parts = path.strip("/").split("/")
    for (verb, pattern), handler in routes:
        wanted = pattern.strip("/").split("/")
        if verb != method or len(wanted) != len(parts):
            continue
        values = {}
        for want, part in zip(wanted, parts):
            if want.startswith("{"):
                values[want[1:-1]] = unquote(part)
            elif want != part:
                break
        else:
            return handler, pattern, values
    return None


class Server(ThreadingHTTPServer):
    """Listens on one address, a thread a connection; literal paths win over `{names}`."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address, routes, telemetry):
        self.routes = sorted(routes.items(), key=lambda route: route[0][1].count("{"))
        self.telemetry = telemetry
        super().__init__(address, _Handler)

    def server_bind(self):
        """Bind without asking DNS for our own name."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = self.server_address[:2]

    def handle_error(self, request, client_address):
        """A client that hangs up is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 65536
    timeout = 60

    def _answer(self):
        path, _, query = self.path.partition("?")
        found = find(self.server.routes, self.command, path)
        name = f"{self.command} {found[1] if found else path}"
        span = self.server.telemetry.span(name, self.headers.get("traceparent"), server=True)
        began = time.monotonic()
        status, body = self._handled(found, path, query, span)
        content = json.dumps(body).encode()
        self.send_response_only(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        self.wfile.flush()
        route = found[1] if found else "none"
        self.server.telemetry.request(span, route, status, time.monotonic() - began)

    def _handled(self, found, path, query, span):
        if found is None:
            return refusal(404, f"nothing is served at {path}")
        handler, _, values = found
        try:
            length = int(self.headers.get("Content-Length") or 0)
            if length > BODY_LIMIT:
                self.close_connection = True
                return refusal(413, f"the body has more than {BODY_LIMIT} bytes")
            raw, fields = self.rfile.read(length), dict(parse_qsl(query))
            return handler(Request(self.command, path, values, fields, self.headers, raw, span))
        except ValueError as error:
            return refusal(400, str(error))
        except Unreachable as error:
            return refusal(502, str(error))
        except Exception as error:  # one bad request must not end the service
            self.server.telemetry.log("ERROR", f"{self.command} {path}: {error!r}", span)
            return refusal(500, "the service failed; its log says why")

    do_GET = do_POST = do_PUT = do_DELETE = _answer

    def log_message(self, format, *args):  # noqa: A002 - the name is the base class's
        """Requests are in the traces."""

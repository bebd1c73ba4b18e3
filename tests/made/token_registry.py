"""A registry that wants a login, for tests: over HTTP on loopback, with tokens or the login itself.

It asks for it in front of `content`, which may be that of another registry.
"""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

Answer = tuple[int, str, bytes]
"""status, media type, content"""


@dataclass
class TokenRegistry:
    """`logins` are `user:password`, `identities` refresh tokens; `public` repositories take anybody's token.

    `asked` gets each request with how it was authorized. `scheme` is `Bearer` or `Basic`; `realm` is
    where it sends people, its own where empty; `elsewhere` is where it redirects everything to.
    """

    content: Callable[[str], Answer]
    logins: frozenset[str] = frozenset({"ann:s3:cret"})
    identities: frozenset[str] = frozenset({"refresh"})
    public: frozenset[str] = frozenset()
    scheme: str = "Bearer"
    realm: str = ""
    elsewhere: str = ""
    address: str = ""
    asked: list[str] = field(default_factory=list[str])

    def token(self, query: dict[str, list[str]], authorization: str) -> Answer:
        scope = query.get("scope", [""])[0]
        known = _basic(authorization) in self.logins
        known |= query.get("refresh_token", [""])[0] in self.identities
        if known or scope.split(":")[1] in self.public:
            return 200, "application/json", json.dumps({"token": f"for-{scope}"}).encode()
        return 401, "application/json", b"{}"

    def challenge(self, repository: str) -> str:
        if self.scheme == "Basic":
            return 'Basic realm="registry"'
        realm = self.realm or f"http://{self.address}/token"
        return f'Bearer realm="{realm}",service="made",scope="repository:{repository}:pull"'

    def may(self, repository: str, authorization: str) -> bool:
        if self.scheme == "Basic":
            return _basic(authorization) in self.logins
        return authorization == f"Bearer for-repository:{repository}:pull"


class _Server(ThreadingHTTPServer):
    """Knows whose it is."""

    registry: TokenRegistry


class _Handler(BaseHTTPRequestHandler):
    server: _Server  # pyright: ignore[reportIncompatibleVariableOverride] - it is made with this one

    def do_GET(self) -> None:
        registry, parts = self.server.registry, urlsplit(self.path)
        authorization = self.headers.get("Authorization", "")
        shown = authorization.partition(" ")[0] or "nobody"
        registry.asked.append(f"{self.command} {parts.path} {shown}")
        if parts.path == "/token":
            self._answer(registry.token(parse_qs(self._told(parts.query)), authorization))
            return
        repository = parts.path.removeprefix("/v2/")
        for below in ("/manifests/", "/blobs/"):
            repository = repository.partition(below)[0]
        if registry.elsewhere:
            self._answer((307, "", b""), {"Location": f"{registry.elsewhere}{self.path}"})
        elif registry.may(repository, authorization):
            self._answer(registry.content(parts.path))
        else:
            told = {"WWW-Authenticate": registry.challenge(repository)}
            self._answer((401, "application/json", b"{}"), told)

    do_HEAD = do_POST = do_GET  # noqa: N815 - names of the library's

    def _told(self, query: str) -> str:
        if self.command != "POST":
            return query
        return self.rfile.read(int(self.headers["Content-Length"])).decode()

    def _answer(self, answer: Answer, headers: dict[str, str] | None = None) -> None:
        status, media_type, content = answer
        self.send_response(status)
        told = {"Content-Type": media_type, "Content-Length": str(len(content))}
        for name, value in {**told, **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, *_: object) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Nothing is printed."""


@contextmanager
def serving(registry: TokenRegistry) -> Generator[TokenRegistry]:
    """The registry at its `address` while the block lasts."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.registry = registry
    registry.address = f"127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield registry
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def logged_in(folder: Path, entries: dict[str, dict[str, str]], **more: object) -> dict[str, str]:
    """A user's Docker configuration with these logins; the variables that name it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps({"auths": entries, **more}))
    return {"DOCKER_CONFIG": str(folder)}


def encoded(login: str) -> dict[str, str]:
    """What `docker login` writes of `user:password`."""
    return {"auth": base64.b64encode(login.encode()).decode()}


def _basic(authorization: str) -> str:
    scheme, _, told = authorization.partition(" ")
    return base64.b64decode(told).decode() if scheme == "Basic" else ""

"""An ASGI application that takes OTLP/HTTP; bad or oversized bodies are answered, never a crash."""

from __future__ import annotations

import json
import zlib
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any, Final

from tierline.facts.evidence import SignalKind
from tierline.targets.telemetry.decode import BadBody, Batch, from_json, from_protobuf

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Take = Callable[[SignalKind, Iterable[Batch]], None]

BODY_LIMIT = 8 * 1024 * 1024
"""bytes as sent"""
UNPACKED_LIMIT = 32 * 1024 * 1024
"""bytes after decompression"""
_PATHS: Final = {f"/v1/{kind}": kind for kind in SignalKind}
_JSON, _PROTOBUF = "application/json", "application/x-protobuf"
_READERS: Final = {_JSON: from_json, _PROTOBUF: from_protobuf}


class Refusal(Exception):  # noqa: N818 - an answer, not a mistake
    """Answer with this status and reason."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status, self.reason = status, reason


class Receiver:
    """`take` gets what arrived. Browsers' pages cannot send: their content types are refused."""

    def __init__(self, take: Take) -> None:
        self._take = take

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        headers = {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in scope["headers"]}
        content = headers.get("content-type", "").partition(";")[0].strip().lower()
        try:
            await self._serve(scope, headers, content, receive)
        except Refusal as refusal:
            await _answer(send, refusal.status, content, refusal.reason)
            return
        await _answer(send, 200, content, "")

    async def _serve(
        self, scope: Scope, headers: MutableMapping[str, str], content: str, receive: Receive
    ) -> None:
        kind = _PATHS.get(scope["path"])
        if kind is None:
            raise Refusal(404, f"nothing here; OTLP is taken at {', '.join(_PATHS)}")
        if scope["method"] != "POST":
            raise Refusal(405, "POST it")
        read = _READERS.get(content)
        if read is None:
            raise Refusal(415, f"content type must be {_JSON} or {_PROTOBUF}")
        body = unpacked(await _body(receive), headers.get("content-encoding", "identity"))
        try:
            batches = read(kind, body)
        except BadBody as error:
            raise Refusal(400, str(error)) from error
        self._take(kind, batches)


def unpacked(body: bytes, encoding: str) -> bytes:
    """The body itself; Refusal 413 as soon as it unpacks to too much, 400 if it is damaged."""
    if encoding in ("identity", ""):
        return body
    if encoding != "gzip":
        raise Refusal(415, f"content encoding {encoding[:40]!r}: only gzip is taken")
    unpacker = zlib.decompressobj(wbits=31)
    try:
        data = unpacker.decompress(body, UNPACKED_LIMIT + 1)
    except zlib.error as error:
        raise Refusal(400, f"damaged gzip: {error}") from error
    if len(data) > UNPACKED_LIMIT:
        raise Refusal(413, f"unpacks to more than {UNPACKED_LIMIT} bytes")
    if not unpacker.eof:
        raise Refusal(400, "cut gzip")
    return data


async def _body(receive: Receive) -> bytes:
    parts, size = list[bytes](), 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refusal(400, "cut body")
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > BODY_LIMIT:
            raise Refusal(413, f"more than {BODY_LIMIT} bytes")
        if not message.get("more_body", False):
            return b"".join(parts)


async def _answer(send: Send, status: int, content: str, reason: str) -> None:
    """As the protocol wants it: an empty answer, or a reason in JSON."""
    text = json.dumps({"message": reason}) if reason else "{}"
    protobuf = status == 200 and content == _PROTOBUF
    body, kind = (b"", _PROTOBUF) if protobuf else (text.encode(), _JSON)
    headers = [(b"content-type", kind.encode()), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})

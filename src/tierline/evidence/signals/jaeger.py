"""Traces in Jaeger: the newest of each wanted instance, one query each; its API knows no other way."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tierline.evidence.signals.model import (
    Heard,
    Names,
    Question,
    Wanted,
    age_at,
    newest_of,
    sender_of,
)
from tierline.evidence.signals.server import Answer, Document, Server, understood

NAMES = Names("service.name", "service.version", "service.instance.id")
_MOST_INSTANCES, _TRACES = 50, 4
_LATER = 60
"""seconds after the server's own time that spans may be stamped with"""


class Jaeger:
    """Source of traces."""

    def __init__(self, server: Server, names: Names) -> None:
        self._server, self._names = server, names
        self._present: float | None = None

    async def ask(self, question: Question) -> tuple[Heard, ...]:
        """Those that are wanted most; the rest is wanted more the next time."""
        found: list[Heard] = []
        for wanted in question.wanted[:_MOST_INSTANCES]:
            answer = await self._server.get("/api/traces", self._query(wanted, question.seconds))
            self._present = answer.present
            found += understood(self._server, self._read, answer)
        return newest_of(found)

    async def close(self) -> None:
        await self._server.close()

    def _query(self, wanted: Wanted, seconds: float) -> dict[str, str]:
        tags = json.dumps({self._names.instance: wanted.instance})
        query = {"service": wanted.service_id, "tags": tags, "limit": str(_TRACES)}
        if self._present is not None:
            query["start"] = str(int((self._present - seconds) * 1e6))
            query["end"] = str(int((self._present + _LATER) * 1e6))
        return query

    def _read(self, answer: Answer) -> list[Heard]:
        traces = answer.document["data"]
        if answer.document.get("errors") and not traces:
            raise ValueError(str(answer.document["errors"][0].get("msg")))
        return [one for trace in traces or () for one in self._spans(trace, answer.time())]

    def _spans(self, trace: Document, present: float) -> Iterator[Heard]:
        """A trace passes several services; each of its spans names the process that sent it."""
        senders = {name: self._process(told) for name, told in trace["processes"].items()}
        for span in trace["spans"]:
            newest = (int(span["startTime"]) + int(span.get("duration") or 0)) / 1e6
            sender = sender_of(senders[span["processID"]], self._names)
            yield Heard(*sender, 1, newest, age_at(present, newest))

    def _process(self, told: dict[str, Any]) -> dict[str, object]:
        tags = {str(tag["key"]): tag["value"] for tag in told.get("tags") or ()}
        return {self._names.service: told["serviceName"], **tags}

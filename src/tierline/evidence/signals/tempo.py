"""Traces in Tempo: the spans of the wanted instances, found with TraceQL, some dozens in one query."""

from __future__ import annotations

import json

from tierline.evidence.signals.model import Heard, Names, Question, age_at, sender_of
from tierline.evidence.signals.server import Answer, Server, understood

NAMES = Names("service.name", "service.version", "service.instance.id")
_MOST_INSTANCES, _TRACES_EACH = 50, 4
_LATER = 60
"""seconds after the server's own time that spans may be stamped with"""


class Tempo:
    """Source of traces."""

    def __init__(self, server: Server, names: Names) -> None:
        self._server, self._names = server, names
        self._present: float | None = None

    async def ask(self, question: Question) -> tuple[Heard, ...]:
        """Those that are wanted most; the rest is wanted more the next time.

        Without times Tempo looks at what it took in lately; once its own time is known it is told
        how far back to look.
        """
        wanted = question.wanted[:_MOST_INSTANCES]
        limit = _TRACES_EACH * len(wanted)
        query = {"q": self._traceql(question), "limit": str(limit), "spss": "1"}
        if self._present is not None:
            query["start"] = str(int(self._present - question.seconds))
            query["end"] = str(int(self._present) + _LATER)
        answer = await self._server.get("/api/search", query)
        self._present = answer.present
        return understood(self._server, self._read, answer)

    async def close(self) -> None:
        await self._server.close()

    def _traceql(self, question: Question) -> str:
        wanted = question.wanted[:_MOST_INSTANCES]
        name = f"resource.{self._names.instance}"
        ids = sorted({json.dumps(one.instance, ensure_ascii=False) for one in wanted})
        either = " || ".join(f"{name} = {quoted}" for quoted in ids)
        shown = ", ".join(f"resource.{name}" for name in self._names.all)
        return f"{{ {either} }} | select({shown})"

    def _read(self, answer: Answer) -> list[Heard]:
        found: list[Heard] = []
        present = answer.time()
        for trace in answer.document.get("traces") or ():
            for spans in trace.get("spanSets") or (trace["spanSet"],):
                found += (self._heard(span, present) for span in spans["spans"])
        return found

    def _heard(self, span: dict[str, object], present: float) -> Heard:
        attributes: dict[str, object] = {}
        for one in span.get("attributes") or ():  # pyright: ignore[reportGeneralTypeIssues, reportUnknownVariableType] - of whatever a server says
            key = str(one["key"]).removeprefix("resource.")  # pyright: ignore[reportUnknownArgumentType] - as above
            attributes[key] = one["value"].get("stringValue")  # pyright: ignore[reportUnknownMemberType] - as above
        nanoseconds = int(str(span["startTimeUnixNano"])) + int(str(span.get("durationNanos") or 0))
        newest = nanoseconds / 1e9
        return Heard(*sender_of(attributes, self._names), 1, newest, age_at(present, newest))

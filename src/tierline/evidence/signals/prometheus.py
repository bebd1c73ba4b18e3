"""Metrics in Prometheus: of every sender when the newest sample of one metric was taken, in one query.

`timestamp()` gives a sample's own time; the value of a query would repeat what is minutes old.
"""

from __future__ import annotations

from tierline.evidence.signals.model import Heard, Names, Question, age_at, sender_of
from tierline.evidence.signals.server import Answer, Server, understood

NAMES = Names("job", "service_version", "instance")
"""where OpenTelemetry's mapping puts service.name, service.version and service.instance.id"""


class Prometheus:
    """Source of metrics. `match` are further matchers of the selector."""

    def __init__(self, server: Server, names: Names, metric: str, match: str) -> None:
        self._server, self._names = server, names
        labels = ", ".join(names.all)
        self._query = f"max by ({labels}) (timestamp({metric}{{{match}}}))"

    async def ask(self, question: Question) -> tuple[Heard, ...]:
        """All senders at once, however many are wanted."""
        answer = await self._server.get("/api/v1/query", {"query": self._query})
        return understood(self._server, self._read, answer)

    async def close(self) -> None:
        await self._server.close()

    def _read(self, answer: Answer) -> list[Heard]:
        found: list[Heard] = []
        data = answer.document["data"]
        if answer.document["status"] != "success" or data["resultType"] != "vector":
            raise ValueError("no vector")
        for row in data["result"]:
            present, newest = float(row["value"][0]), float(row["value"][1])
            sender = sender_of(row["metric"], self._names)
            found.append(Heard(*sender, 1, newest, age_at(present, newest)))
        return found

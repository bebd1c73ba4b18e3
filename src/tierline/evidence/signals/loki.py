"""Logs in Loki: of every sender how many lines came lately, in one query; no line is read."""

from __future__ import annotations

import math

from tierline.evidence.signals.model import Heard, Names, Question, sender_of
from tierline.evidence.signals.server import Answer, Server, understood

NAMES = Names("service_name", "service_version", "service_instance_id")


class Loki:
    """Source of logs. `match` are further matchers of the selector."""

    def __init__(self, server: Server, names: Names, match: str) -> None:
        self._server, self._names = server, names
        matchers = ", ".join(part for part in (f'{names.service}=~".+"', match) if part)
        self._selector, self._by = f"{{{matchers}}}", ", ".join(names.all)

    async def ask(self, question: Question) -> tuple[Heard, ...]:
        """All senders at once. When a line came is not said, only that it did."""
        seconds = math.ceil(question.seconds)
        query = f"sum by ({self._by}) (count_over_time({self._selector}[{seconds}s]))"
        answer = await self._server.get("/loki/api/v1/query", {"query": query})
        return understood(self._server, lambda given: self._read(given, seconds), answer)

    async def close(self) -> None:
        await self._server.close()

    def _read(self, answer: Answer, seconds: int) -> list[Heard]:
        data = answer.document["data"]
        if answer.document["status"] != "success" or data["resultType"] != "vector":
            raise ValueError("no vector")
        return [
            Heard(
                *sender_of(row["metric"], self._names), int(float(row["value"][1])), None, seconds
            )
            for row in data["result"]
            if float(row["value"][1]) > 0
        ]

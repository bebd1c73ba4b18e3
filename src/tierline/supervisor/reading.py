"""Lines of output for people, as a stream: of all workloads of a service, in the order of time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from tierline.facts.instant import Instant
from tierline.facts.probe import LogLine
from tierline.supervisor.instances import Held, Instances
from tierline.supervisor.layout import Layout
from tierline.supervisor.output import Line, after, newest
from tierline.supervisor.watch import Watch
from tierline.targets.local.messages import ReadLogs

_MOST = 10_000
_PAUSE = 0.1
"""seconds between looks while somebody follows"""


class Reading:
    """Only the current starts of a service are read: an earlier one's output is history."""

    def __init__(self, layout: Layout, instances: Instances, watch: Watch) -> None:
        self._layout, self._instances, self._watch = layout, instances, watch

    async def lines(self, request: ReadLogs) -> AsyncIterator[LogLine]:
        """The newest lines, oldest first; then, if asked, what comes, until cancelled."""
        read: dict[str, int] = {}
        for line in self._past(request, read):
            yield line
        while request.follow:
            await asyncio.sleep(_PAUSE)
            for line in self._news(request, read):
                yield line

    def _past(self, request: ReadLogs, read: dict[str, int]) -> list[LogLine]:
        limit = min(max(request.limit, 0), _MOST)
        found: list[tuple[Instant, LogLine]] = []
        for held in self._asked(request):
            lines = newest(self._layout.output_of(held.record.launch), limit or 1)
            read[held.record.launch] = lines[-1].end if lines else 0
            before = held.record.started_at
            for line in lines:
                shown = self._line(held, line)
                before = shown.at or before
                if shown.at is None or shown.at >= request.since:
                    found.append((before, shown))
        found.sort(key=lambda each: each[0])
        return [line for _, line in found[-limit:]] if limit else []

    def _news(self, request: ReadLogs, read: dict[str, int]) -> list[LogLine]:
        found: list[LogLine] = []
        for held in self._asked(request):
            launch = held.record.launch
            lines = after(
                self._layout.output_of(launch),
                read.get(launch, 0),
                ending=held.ended is not None,
            )
            if lines:
                read[launch] = lines[-1].end
                found += [self._line(held, line) for line in lines]
        return found

    def _asked(self, request: ReadLogs) -> list[Held]:
        held = self._instances.of(request.service_id)
        return [each for each in held if request.workload in ("", each.record.workload)]

    def _line(self, held: Held, line: Line) -> LogLine:
        record = held.record
        at = self._watch.grown_at(held, line.end)
        return LogLine(record.service, record.workload, at, line.text)

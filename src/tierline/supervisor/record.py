"""What is remembered of a start of a workload and of a service's effects, so that a successor knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, field, replace
from pathlib import Path
from typing import Any

from tierline.facts.instant import Instant
from tierline.frozen import frozen
from tierline.supervisor.layout import Layout, launch_id
from tierline.targets.host import files

_KEYS_KEPT = 200


@frozen
class Record:
    """One start: written after the process exists and before it may run its program."""

    key: str
    revision: str
    pid: int
    start_time: int
    boot_id: str
    ports: Mapping[str, int]
    workload: str
    service: str
    started_at: Instant

    @property
    def launch(self) -> str:
        return launch_id(self.key, self.workload)

    @property
    def instance(self) -> str:
        """The instance's id: never used twice."""
        return f"{self.boot_id[:8]}-{self.pid}-{self.start_time}"


@frozen
class Ended:
    """How it ended; `code` None where nobody could see it, negative for a signal."""

    code: int | None
    reason: str
    at: Instant


@frozen
class ServiceState:
    """`key` is the last effect accepted, `begun` one that was begun and not accepted yet."""

    service_id: str
    key: str = ""
    fence: int = 0
    revision: str = ""
    begun: str = ""
    accepted: tuple[str, ...] = field(default=())

    def begin(self, key: str) -> ServiceState:
        return replace(self, begun=key)

    def accept(self, key: str, fence: int, revision: str) -> ServiceState:
        """The effect is done; the newest keys are kept, to know them again."""
        accepted = (*(k for k in self.accepted if k != key), key)[-_KEYS_KEPT:]
        return replace(self, key=key, fence=fence, revision=revision, begun="", accepted=accepted)


class Records:
    """Reads and writes them; damaged files are left out and named in `problems`."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self.problems: list[str] = []

    def write(self, record: Record) -> None:
        """Survives our death, which is all it must: processes do not survive the machine's."""
        files.replace_json(self._layout.record_of(record.launch), asdict(record), durable=False)

    def read(self, launch: str) -> Record | None:
        return self._record(self._layout.record_of(launch))

    def all(self) -> tuple[Record, ...]:
        """Every record there is, oldest first."""
        found = (self._record(path) for path in self._layout.launches.glob("*.json"))
        return tuple(sorted((r for r in found if r), key=lambda record: record.started_at))

    def started(self, launch: str) -> bool:
        return self._layout.started_of(launch).exists()

    def end(self, launch: str, ended: Ended) -> None:
        files.replace_json(self._layout.exit_of(launch), asdict(ended), durable=False)

    def ended(self, launch: str) -> Ended | None:
        found = self._read(self._layout.exit_of(launch))
        try:
            return Ended(found["code"], str(found["reason"]), float(found["at"])) if found else None
        except (KeyError, TypeError, ValueError):
            return None

    def forget(self, launch: str) -> None:
        """Remove every file of a start."""
        layout = self._layout
        for path in (layout.output_of, layout.exit_of, layout.started_of, layout.record_of):
            path(launch).unlink(missing_ok=True)

    def save(self, state: ServiceState) -> None:
        files.replace_json(self._layout.state_of(state.service_id), asdict(state))

    def states(self) -> tuple[ServiceState, ...]:
        """Every service that an effect was ever accepted for."""
        found = (self._state(path) for path in sorted(self._layout.services.glob("*.json")))
        return tuple(state for state in found if state)

    def _record(self, path: Path) -> Record | None:
        found = self._read(path)
        try:
            return Record(**found) if found else None
        except TypeError as error:
            self._problem(f"{path}: {error}")
            return None

    def _state(self, path: Path) -> ServiceState | None:
        found = self._read(path)
        try:
            if found:
                found["accepted"] = tuple(found.get("accepted", ()))
            return ServiceState(**found) if found else None
        except TypeError as error:
            self._problem(f"{path}: {error}")
            return None

    def _read(self, path: Path) -> dict[str, Any] | None:
        try:
            return files.read_json(path)
        except (OSError, ValueError) as error:
            self._problem(f"{path}: {error}")
            return None

    def _problem(self, text: str) -> None:
        if text not in self.problems and len(self.problems) < 50:
            self.problems.append(text)

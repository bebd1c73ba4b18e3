"""Asks the supervisor of one local environment, and starts it where none lives.

Every call is one connection. A supervisor that died is replaced on the next call: services go on,
so nothing is lost by that but the telemetry of the gap.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from tierline.facts.evidence import Requests, Signal
from tierline.facts.observation import Observation, Outcome
from tierline.facts.probe import LogLine
from tierline.targets.local.messages import Launch, Listener, Ports, ReadLogs, Status
from tierline.targets.protocol import Fence, Holder


class Client:
    """All calls raise TemporaryError (`supervisor/gone`, ...) or PermanentError, nothing else."""

    def __init__(self, state: Path, runtime: Path) -> None:
        self._state, self._runtime = state, runtime

    async def ensure(self) -> Status:
        """Start the supervisor unless it lives; PermanentError carries what it said at its death."""
        raise NotImplementedError

    async def lives(self) -> bool:
        """Whether a supervisor answers; starts none."""
        raise NotImplementedError

    async def claim(self, environment: str, holder: Holder, ttl: float) -> Fence:
        """Win or keep the lease for `ttl` seconds; LeaseHeld names who has it."""
        raise NotImplementedError

    async def release(self, token: int) -> None:
        """Give the lease back; harmless when it is lost already."""
        raise NotImplementedError

    async def ports(self, service_id: str, names: Sequence[str]) -> Ports:
        """The numbers of the service's named ports, the same every time."""
        raise NotImplementedError

    async def launch(self, request: Launch) -> Outcome:
        """Accepted once everything is spawned; Unknown if the supervisor died on the way."""
        raise NotImplementedError

    async def stop(
        self, service_id: str, key: str, fence: int, stop_seconds: float = 10.0
    ) -> Outcome:
        """Accepted once nothing runs any more."""
        raise NotImplementedError

    async def listener(self, port: int) -> Listener:
        """Who listens on this TCP port."""
        raise NotImplementedError

    async def requests(self, service_id: str) -> tuple[Requests, ...]:
        """Requests counted in the traces of each instance; none means unknown."""
        raise NotImplementedError

    async def status(self) -> Status:
        """How the supervisor does."""
        raise NotImplementedError

    async def shutdown(self, *, stop_services: bool) -> None:
        """End the supervisor, and with it the services if asked; starts none to end it."""
        raise NotImplementedError

    def observe(self) -> AsyncIterator[Observation]:
        """Everything now, `Synced`, then changes; `Lost` and all anew when the supervisor dies."""
        raise NotImplementedError

    def signals(self) -> AsyncIterator[Signal]:
        """What arrived so far, then every change; goes on with a successor."""
        raise NotImplementedError

    def logs(self, request: ReadLogs) -> AsyncIterator[LogLine]:
        """Lines as asked, oldest first."""
        raise NotImplementedError

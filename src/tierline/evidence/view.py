"""What gathering evidence needs of the world; targets satisfy it without knowing of it."""

from __future__ import annotations

from typing import Protocol

from tierline.facts.evidence import Evidence
from tierline.facts.probe import Probe


class View(Protocol):
    """Finds out one fact about a service, now."""

    async def probe(self, service_id: str, probe: Probe) -> Evidence:
        """Raises TemporaryError where trying again may help, PermanentError where it will not."""
        ...

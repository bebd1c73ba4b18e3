"""One look at what runs in an environment, before anything is decided; changes nothing.

asyncio is imported by who looks: `check` and many a plan only need the value of having seen nothing.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable, Mapping
from dataclasses import field
from typing import TYPE_CHECKING

from tierline.errors import TemporaryError
from tierline.facts.evidence import Answer, Health
from tierline.facts.observation import Phase, Seen, Synced
from tierline.facts.probe import HealthProbe
from tierline.frozen import frozen

if TYPE_CHECKING:
    from tierline.targets.protocol import Target

LOOK_SECONDS = 10.0


@frozen
class Look:
    """What was seen: every service that has instances, and the health of those asked about."""

    seen: Mapping[str, Seen] = field(default_factory=dict[str, Seen])
    health: Mapping[str, Answer] = field(default_factory=dict[str, Answer])

    def running(self, service_id: str) -> str:
        """The one revision that all its instances run, "" if there is no such thing."""
        seen = self.seen.get(service_id)
        instances = seen.instances if seen else ()
        revisions = {instance.revision for instance in instances}
        up = all(instance.phase is Phase.RUNNING for instance in instances)
        return revisions.pop() if up and len(revisions) == 1 else ""


async def look(target: Target, services: Iterable[str]) -> Look:
    """See what runs, and ask `services` for their health; TemporaryError if nothing can be seen."""
    import asyncio  # noqa: PLC0415 - late on purpose, see above

    seen = await _snapshot(target)
    asked = [name for name in services if name in seen and seen[name].instances]
    answers = await asyncio.gather(*(_health(target, seen[name]) for name in asked))
    return Look(seen, dict(zip(asked, answers, strict=True)))


async def _snapshot(target: Target) -> dict[str, Seen]:
    import asyncio  # noqa: PLC0415 - late on purpose, see above

    seen: dict[str, Seen] = {}
    because = ""
    view = target.observe()
    try:
        async with asyncio.timeout(LOOK_SECONDS):
            async for observation in view:
                if isinstance(observation, Seen):
                    seen[observation.service_id] = observation
                elif isinstance(observation, Synced):
                    return seen
                else:
                    because = f": {observation.reason}"
    except TimeoutError:
        pass
    finally:
        if isinstance(view, AsyncGenerator):
            await view.aclose()
    raise TemporaryError(
        f"the target did not say within {LOOK_SECONDS:g} s what runs{because}",
        code="target/silent",
        fix="run the command again",
    )


async def _health(target: Target, seen: Seen) -> Answer:
    """The worst answer of its workloads."""
    workloads = sorted({instance.workload for instance in seen.instances})
    worst = Answer.OK
    for workload in workloads:
        try:
            found = await target.probe(seen.service_id, HealthProbe(workload))
        except TemporaryError:
            return Answer.UNKNOWN
        if isinstance(found, Health) and found.answer is not Answer.OK:
            worst = found.answer
    return worst

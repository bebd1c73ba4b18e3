"""Who is held because a provider's live answers break what it uses, while the provider goes on.

Knows only who was named: what broke, and who uses that, was judged before.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from tierline.facts.instant import Instant
from tierline.rollout.consequences import consequences, hold
from tierline.rollout.state import PASSED, Held, Kind, ServiceState, State, Status

_NOW = PASSED | {ServiceState.PENDING}
"""states in which a consumer is held at once; one on its way, when it is found to work"""


def withhold(state: State, provider: str, consumers: Iterable[str], at: Instant) -> State:
    """Hold every planned consumer of what broke, and what waits for it; nobody in a rollback."""
    state = released(state, provider)
    breaks = tuple(sorted(consumers))
    if not breaks:
        return state
    progress = replace(state.progress[provider], breaks=breaks)
    state = replace(state, progress=state.progress.insert(provider, progress))
    if state.status is Status.ROLLING_BACK:
        return state
    named = [name for name in breaks if name in state.index.services]
    withheld = state.withheld
    for name in named:
        withheld = withheld.insert(name, provider)
    state = replace(state, withheld=withheld)
    for name in named:
        if state.progress[name].state in _NOW:
            state = _held(state, name, at)
    return state


def held_back(state: State, service_id: str, at: Instant) -> State:
    """A service that was found to work is held all the same if what it uses is broken."""
    verified = state.progress[service_id].state in PASSED
    return _held(state, service_id, at) if verified and service_id in state.withheld else state


def barred(state: State, service_id: str) -> Held | None:
    """Why a service may not start; None where nobody breaks what it uses."""
    provider = state.withheld.get(service_id)
    return Held(Kind.CONTRACT, provider) if provider is not None else None


def released(state: State, provider: str) -> State:
    """Nobody is withheld for this provider's sake any longer: it is started, or judged, anew."""
    before = state.progress[provider]
    if not before.breaks:
        return state
    withheld = state.withheld
    for name in before.breaks:
        if withheld.get(name) == provider:
            withheld = withheld.remove(name)
    progress = state.progress.insert(provider, replace(before, breaks=()))
    return replace(state, progress=progress, withheld=withheld)


def _held(state: State, service_id: str, at: Instant) -> State:
    held = Held(Kind.CONTRACT, state.withheld[service_id])
    silent = replace(state.progress[service_id], code="", reason="")
    state = replace(state, progress=state.progress.insert(service_id, silent))
    return consequences(hold(state, service_id, held, at), service_id, at)

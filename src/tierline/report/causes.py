"""Gathers blockers by what decides them, so that one cause is read once; knows no format."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tierline.plan.model import Blocker
from tierline.report.model import Cause, ServiceReport

_OWNER, _NO_ORDER = "readiness/owner-not-ready", "readiness/no-order"
_ECHOES = frozenset({_OWNER, _NO_ORDER})
"""codes of services that wait for what another cause names"""


@dataclass(slots=True)
class _Gathered:
    """A cause in the making: `waiting` keeps the order of appearance, each service once."""

    service_id: str | None
    state: str = ""
    code: str = ""
    message: str = ""
    waiting: dict[str, ServiceReport] = field(default_factory=dict[str, ServiceReport])


def causes_of(blockers: Iterable[Blocker], services: Sequence[ServiceReport]) -> tuple[Cause, ...]:
    """Every cause in order of appearance, with whom it keeps from being GO.

    A service that waits for others waits under the service that decides; one that no service
    blocks (a tier, a used-up budget, a person) under the words that say so.
    """
    by_id = {service.service_id: service for service in services}
    found: list[_Gathered] = []
    deciding: dict[str | None, _Gathered] = {}
    worded: dict[str, _Gathered] = {}
    for blocker in blockers:
        service = by_id.get(blocker.service_id or "")
        decides = blocker.chain[-1] if blocker.chain else blocker.service_id
        end = by_id.get(decides or "")
        if service is None or (decides == blocker.service_id and not _waits(service)):
            cause = _own(blocker, service)
            deciding.setdefault(blocker.service_id, cause)
            found.append(cause)
        elif end is not None and _waits(end):
            words = "; ".join(one.message for one in end.blocked_by)
            cause = worded.setdefault(words, _Gathered(None, code=end.code, message=words))
            cause.waiting[service.service_id] = service
            found += [cause] if len(cause.waiting) == 1 else []
        else:
            if decides not in deciding:
                deciding[decides] = _behind(decides, end)
                found.append(deciding[decides])
            cause = deciding[decides]
            cause.waiting[service.service_id] = service
            told = blocker.message.removeprefix(f"its owner {decides} ")
            if end is None and told != blocker.message:
                cause.code, cause.message = blocker.code, told
    return tuple(_frozen(cause) for cause in _without_echoes(found))


def _behind(decides: str | None, end: ServiceReport | None) -> _Gathered:
    """A cause that has no blocker of its own; one that passed says what it holds others for."""
    if end is None:
        return _Gathered(decides)
    told = (end.code, end.reason) if end.state == "verified" else ("", "")
    return _Gathered(decides, _shown_state(end), *told)


def _without_echoes(found: Sequence[_Gathered]) -> list[_Gathered]:
    """Each cycle once, with all whom it leaves without an order; no owner who has a cause of its own."""
    stuck: dict[str, list[str]] = {}
    for cause in found:
        if cause.code == _NO_ORDER:
            stuck.setdefault(cause.message, []).append(cause.service_id or "")
    cycles = [
        _Gathered(None, code=_NO_ORDER, message=f"{', '.join(names)}: {message}")
        for message, names in stuck.items()
    ]
    named = {cause.service_id for cause in found if cause.code not in _ECHOES}
    kept = [
        cause
        for cause in found
        if cause.code not in _ECHOES or (cause.code == _OWNER and cause.service_id not in named)
    ]
    return kept + cycles


def _waits(service: ServiceReport) -> bool:
    """Whether something other than a service keeps it waiting."""
    return bool(service.blocked_by) and service.blocked_by[0].by != service.service_id


def _own(blocker: Blocker, service: ServiceReport | None) -> _Gathered:
    outside = "not planned" if blocker.service_id else ""
    state = _shown_state(service) if service else outside
    return _Gathered(blocker.service_id, state, blocker.code, bare(blocker))


def _shown_state(service: ServiceReport) -> str:
    """What has not begun is not worth saying."""
    return "" if service.state == "pending" else service.state


def bare(blocker: Blocker) -> str:
    """The message without the subject that stands before it anyway."""
    subject = f"{blocker.service_id}: "
    place, found, said = blocker.message.partition(f": {subject}")
    if found and " " not in place:
        return f"{place}: {said}"
    return blocker.message.removeprefix(subject)


def _frozen(cause: _Gathered) -> Cause:
    waiting = tuple(cause.waiting.values())
    return Cause(cause.service_id, cause.state, cause.code, cause.message, waiting)

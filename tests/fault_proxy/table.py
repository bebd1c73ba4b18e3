"""Every API, transport and watch fault that a whole rollout has to survive, as one table.

Each row is a fault in the middle of a rollout, at the place where it hurts. `permanent` ones are told
to people rather than survived: the rollout holds, and goes on when they are over.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from fault_proxy.faults import Cut, Garbled, Refused, Reset, Silence, Stale
from fault_proxy.script import Rule
from fault_proxy.watches import (
    Doubled,
    Dropped,
    Ended,
    Expired,
    Failing,
    OnlyBookmarks,
    Stalled,
    Swapped,
    Watched,
)

APPLIED, LISTED, WATCHED = "/deployments/m", r"/(deployments|pods)\?.*limit", r"/{}\?watch"
PODS, CONTROLLERS = WATCHED.format("pods"), WATCHED.format("deployments")
LEASE = "/leases"


@dataclass(frozen=True)
class Fault:
    """Rules of the proxy; `outage` instead: `refused` or `expired`, for two seconds.

    One that is `akin` to another is played in the long search only.
    """

    rules: tuple[Rule, ...] = ()
    permanent: bool = False
    outage: str = ""
    akin: bool = False


def _applied(fault: object, times: int = 2) -> Fault:
    """In the middle of the rollout, twice."""
    return Fault((Rule(fault, APPLIED, "PATCH", skip=2, times=times),))  # pyright: ignore[reportArgumentType]


def _watched(stream: type, after: int = 4, times: int = 1) -> Fault:
    return Fault(
        tuple(Rule(Watched(stream, after), where, times=times) for where in (PODS, CONTROLLERS))
    )


def _listed(fault: object) -> Fault:
    """Once something has happened: the watch is too old then, and what follows is a list."""
    aged = tuple(Rule(Watched(Expired, 6), where) for where in (PODS, CONTROLLERS))
    return Fault((*aged, Rule(fault, LISTED, "GET", skip=2, times=3)))  # pyright: ignore[reportArgumentType]


def _permanent(code: int) -> Fault:
    return Fault((Rule(Refused(code), APPLIED, "PATCH", skip=2),), permanent=True)


_ROWS: dict[str, Fault] = {
    "apply 400": _permanent(400),
    "apply 401": _permanent(401),
    "apply 403": _permanent(403),
    "apply 404": _permanent(404),
    "apply 422": _permanent(422),
    "apply 409": _applied(Refused(409)),
    "apply 429": _applied(Refused(429)),
    "apply 429, Retry-After": _applied(Refused(429, retry_after=1)),
    "apply 500": _applied(Refused(500)),
    "apply 502": _applied(Refused(502)),
    "apply 503, Retry-After": _applied(Refused(503, retry_after=1)),
    "apply 504": _applied(Refused(504)),
    "apply answered with half of it": _applied(Garbled()),
    "apply answered with HTML": _applied(Garbled(html=True)),
    "apply answer cut": _applied(Cut()),
    "apply reset before": _applied(Reset()),
    "apply reset after": _applied(Reset(after=True)),
    "apply half-open before": _applied(Silence(), times=1),
    "apply half-open after": _applied(Silence(after=True), times=1),
    "list 410": _listed(Refused(410)),
    "list 429": _listed(Refused(429)),
    "list 503": _listed(Refused(503)),
    "list garbled": _listed(Garbled()),
    "list cut": _listed(Cut()),
    "list reset": _listed(Reset()),
    "list stale": _listed(Stale()),
    "read stale": Fault((Rule(Stale(), "/(deployments|services|leases)/", "GET", times=6),)),
    "watch 410 as status": Fault((Rule(Refused(410), PODS, times=3),)),
    "watch 410": _watched(Expired),
    "watch ERROR": _watched(Failing, times=3),
    "watch ends": _watched(Ended, times=6),
    "watch doubled": _watched(Doubled, after=0, times=0),
    "watch out of order": _watched(Swapped),
    "watch loses an event": _watched(Dropped, after=5),
    "watch of bookmarks only": _watched(OnlyBookmarks),
    "watch falls silent": _watched(Stalled),
    "watch reset": Fault((Rule(Reset(), PODS, times=3), Rule(Reset(), CONTROLLERS, times=3))),
    "lease 409": Fault((Rule(Refused(409), LEASE, "POST"), Rule(Refused(409), LEASE, "PUT"))),
    "lease reset after": Fault((Rule(Reset(after=True), LEASE, "POST"),)),
    "lease 500": Fault((Rule(Refused(500), LEASE, "POST"), Rule(Refused(500), LEASE, "PUT"))),
    "nobody listens": Fault(outage="refused"),
    "certificate expired": Fault(outage="expired"),
}
AKIN = (
    "apply 401",
    "apply 404",
    "apply 400",
    "apply 502",
    "apply 504",
    "apply 429",
    "apply answered with HTML",
    "apply reset before",
    "apply half-open before",
    "list 429",
    "list cut",
    "list reset",
    "watch ERROR",
    "watch 410 as status",
    "lease 500",
    "certificate expired",
    "apply 503, Retry-After",
)
FAULTS = {name: replace(row, akin=name in AKIN) for name, row in _ROWS.items()}
"""name -> what happens"""
STORM = (Refused(429), Refused(500), Refused(503), Reset(), Reset(after=True), Cut(), Garbled())
"""what chance chooses from"""

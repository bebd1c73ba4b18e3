"""What of the contracts one revision of a service was shipped with, and which boundaries follow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field

from tierline.boundary.model import Boundary
from tierline.frozen import frozen

UNUSED = "unused"
"""in place of a digest: the consumer declares that it uses nothing of that contract"""


@frozen
class Shipment:
    """One revision of a service and the contracts it goes by, each as path -> digest of the file.

    `provides` are contracts that it promises to others, `consumes` those that it takes from others.
    `uses` has what it declares to use of these, by the same path: the digest of that file, or
    UNUSED. `owners` are those whose data it reads. `shared` is the digest of all schemas that
    contracts may refer to. `code` is the digest of what it is built from, contracts aside, "" where
    nobody knows: a consumer with the same code goes by the same contract, whatever its file says now.
    """

    service_id: str
    revision: str
    provides: Mapping[str, str] = field(default_factory=dict[str, str])
    consumes: Mapping[str, str] = field(default_factory=dict[str, str])
    uses: Mapping[str, str] = field(default_factory=dict[str, str])
    owners: tuple[str, ...] = ()
    shared: str = ""
    code: str = ""


def boundaries_of(shipments: Iterable[Shipment]) -> tuple[Boundary, ...]:
    """Every boundary that some revision has: also one that a candidate gave up. Sorted.

    Between a service and its owner there is always one, if need be without a contract file.
    """
    known = tuple(shipments)
    services = {one.service_id for one in known}
    providers: dict[str, set[str]] = {}
    owners: dict[str, set[str]] = {}
    for one in known:
        owners.setdefault(one.service_id, set()).update(set(one.owners) & services)
        for path in one.provides:
            providers.setdefault(path, set()).add(one.service_id)
    found: set[tuple[str, str, str]] = set()
    covered: set[tuple[str, str]] = set()
    for one in known:
        for path in one.consumes:
            for provider in providers.get(path, set()) - {one.service_id}:
                found.add((one.service_id, provider, path))
                covered.add((one.service_id, provider))
    bare = ((name, owner, "") for name, all_ in owners.items() for owner in all_)
    found.update(one for one in bare if one[:2] not in covered)
    return tuple(
        Boundary(consumer, provider, path, provider in owners[consumer])
        for consumer, provider, path in sorted(found)
    )

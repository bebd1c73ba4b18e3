"""Gate owners: does every DBR edge lead to a service that exists, in the mesh or outside it?

Knows nothing of whether an owner runs: that is observed when a service is about to start.
"""

from __future__ import annotations

from collections.abc import Iterator

from tierline.facts.evidence import Answer
from tierline.facts.externals import External
from tierline.mesh.defect import Defect
from tierline.mesh.model import Mesh, Service
from tierline.mesh.names import short_id
from tierline.policy.model import Policy
from tierline.readiness.facts import GateFacts

_NOBODY_KNOWS = External(Answer.UNKNOWN)


def judge_owners(mesh: Mesh, facts: GateFacts, policy: Policy) -> Iterator[Defect]:
    """Edges to oneself, to retired services, and to externals that nobody vouches for.

    An owner that neither the mesh nor the architecture map knows has been found by the parser.
    """
    for service in mesh.services.values():
        if service.service_id in service.owners:
            yield _defect(
                service,
                service.service_id,
                "self",
                f"{service.service_id} depends on itself",
                "remove the dependency",
            )
        for external in service.externals:
            yield from _external(mesh, service, external, facts, policy)


def _external(
    mesh: Mesh, service: Service, external: str, facts: GateFacts, policy: Policy
) -> Iterator[Defect]:
    known = mesh.canonical.architecture
    if short_id(external) in (mesh.canonical.retired or ()):
        successor = _successor(mesh, external)
        fix = f"depend on its successor{f' {successor}' if successor else ''}"
        message = f"{external} is retired, and {service.service_id} depends on it"
        yield _defect(service, external, "retired", message, fix)
    elif known is None or external in known:
        yield from _availability(service, external, facts, policy)


def _successor(mesh: Mesh, retired: str) -> str:
    """Who took over from a retired service; "" where nobody says."""
    if mesh.lineage is not None:
        found = (one.successor for one in mesh.lineage.aliases if one.service_id == retired)
    else:
        olds = (mesh.canonical.supersedes or {}).items()
        found = (name for name, superseded in olds if retired in superseded)
    return next(found, "")


def _availability(
    service: Service, external: str, facts: GateFacts, policy: Policy
) -> Iterator[Defect]:
    """Evidence of an external decides; without any it is assumed or unknown, as policy says."""
    told = facts.externals.get(external, _NOBODY_KNOWS)
    if told.vouched:
        return
    if told.answer is not Answer.UNKNOWN:
        yield _defect(
            service,
            external,
            "external-unhealthy",
            f"{external}, outside the mesh, was asked and did not answer well{_after(told)}",
            "wait until it is healthy, or ask its team",
        )
        return
    judged = "assumed to be there" if policy.assume_externals else "neither probed nor attested"
    yield _defect(
        service,
        external,
        "external",
        f"{external} is outside the mesh, {judged}{_after(told)}",
        "none needed here; staging and production ask for a probe or an attestation"
        if policy.assume_externals
        else f"let the policy file say who vouches for it: "
        f"[environments.{policy.environment}.externals.{short_id(external)}]",
    )


def _after(told: External) -> str:
    return f": {told.detail}" if told.detail else ""


def _defect(service: Service, owner: str, slug: str, message: str, fix: str) -> Defect:
    place = service.places.get(f"dbr_deps:{owner}", service.place)
    return Defect(f"owners/{slug}", message, place, fix, service.service_id)

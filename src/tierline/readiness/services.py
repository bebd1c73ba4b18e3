"""Judges services one by one, so that whoever reads their folders can judge them then and there."""

from __future__ import annotations

from collections.abc import Container

from tierline.mesh.defect import Defect
from tierline.mesh.model import Mesh
from tierline.policy.model import Policy
from tierline.readiness.facts import GateFacts, Judged, ServiceFacts, facts_of_services
from tierline.readiness.gates import GATES

_EVERY = tuple((gate.id, gate.judge_service) for gate in GATES if gate.judge_service is not None)


def judge_service(facts: ServiceFacts, gates: Container[str] | None = None) -> Judged:
    """What the gates that judge services one by one find in this one; `gates` None: all of them."""
    wanted = ((name, judge) for name, judge in _EVERY if gates is None or name in gates)
    found = {name: tuple(judge(facts)) for name, judge in wanted}
    return {name: defects for name, defects in found.items() if defects}


def found_in_services(
    mesh: Mesh, facts: GateFacts, policy: Policy, gates: Container[str]
) -> dict[str, list[Defect]]:
    """Gate -> what it finds in services, in the index's order: as gathered, else judged now."""
    found: dict[str, list[Defect]] = {gate.id: [] for gate in GATES}
    known = facts.judged
    judged = (
        (judge_service(one, gates) for one in facts_of_services(mesh, facts.tree, policy))
        if known is None
        else (known[name] for name in mesh.services)
    )
    for one in judged:
        for gate_id, defects in one.items():
            found[gate_id] += defects
    return found

"""From findings to decisions: may this service, this batch, this release ship?

Knows no gate and no file: findings with their severity go in, GO, NO-GO and HOLD come out, each
with its reasons and the chain of owners that it follows from.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tierline.errors import UsageError
from tierline.facts.decision import Decision, decision_of, worst
from tierline.facts.evidence import Answer
from tierline.frozen import frozen
from tierline.mesh.clean import clean
from tierline.mesh.graph import Graph, batch_id
from tierline.mesh.model import Mesh
from tierline.mesh.names import nearest, short_id
from tierline.policy.model import Demand, Policy
from tierline.readiness.gates import GATES
from tierline.readiness.model import (
    BatchReadiness,
    Check,
    Finding,
    Readiness,
    Reason,
    ServiceReadiness,
)

NO_BATCH = "unordered"
"""the batch of services that no order exists for"""


def batch_of(graph: Graph, service_id: str) -> str:
    """The batch of a service; `unordered` for one on or behind a cycle."""
    if service_id not in graph.levels:
        return NO_BATCH
    return batch_id(graph.effective_tiers[service_id], graph.levels[service_id])


def decide(
    mesh: Mesh,
    check: Check,
    policy: Policy,
    chosen: tuple[str, ...],
    observed: Mapping[str, Answer],
    unseen: str = "",
) -> Readiness:
    """How the chosen services, their batches and the release stand.

    `observed` maps owners outside the selection to how what runs of them answers; an absent one
    is unknown; `unseen` says why nobody could look. Services come in the order given, batches in order of start. UsageError where
    nothing is chosen or a name is not in the mesh.
    """
    _refuse_unknown(mesh, chosen)
    standing = _Standing(mesh.graph, frozenset(chosen), observed, _own(check, chosen), unseen)
    decided = standing.decide()
    services = {name: decided[name] for name in chosen}
    release = (*_release_reasons(check), *_approval(policy))
    return Readiness(
        environment=policy.environment,
        decision=worst(
            [*(one.decision for one in services.values()), *(reason.decision for reason in release)]
        ),
        services=services,
        batches=_batches(mesh.graph, services),
        release_reasons=release,
        reference=check.reference,
        vouched=check.vouched,
    )


def _refuse_unknown(mesh: Mesh, chosen: tuple[str, ...]) -> None:
    if not chosen:
        raise UsageError(
            "the selection is empty, and a release of nothing is never GO",
            code="usage/selection",
            fix="name a service, or leave the selection out for the whole mesh",
        )
    for name in chosen:
        if name not in mesh.services:
            close = nearest(name, mesh.services)
            raise UsageError(
                f"no service is called {clean(name)}",
                code="usage/service",
                fix=f"did you mean {' or '.join(close)}?" if close else "see tierline plan",
            )


def _own(check: Check, chosen: tuple[str, ...]) -> dict[str, list[Finding]]:
    own: dict[str, list[Finding]] = {name: [] for name in chosen}
    for finding in check.findings:
        if finding.service_id in own:
            own[finding.service_id].append(finding)
    return own


@frozen
class _Standing:
    """The chosen services with what is known of each alone."""

    graph: Graph
    chosen: frozenset[str]
    observed: Mapping[str, Answer]
    own: Mapping[str, list[Finding]]
    unseen: str

    def decide(self) -> dict[str, ServiceReadiness]:
        """Owners before dependents; then what no order exists for."""
        decided: dict[str, ServiceReadiness] = {}
        for name in self.graph.order:
            if name in self.chosen:
                decided[name] = self._ordered(name, decided)
        for name in sorted(self.chosen - decided.keys()):
            decided[name] = self._unordered(name)
        return decided

    def _ordered(self, name: str, decided: Mapping[str, ServiceReadiness]) -> ServiceReadiness:
        reasons = _reasons(self.own[name])
        decision = worst(decision_of(finding.status) for finding in self.own[name])
        chains: list[tuple[str, ...]] = []
        if decision is not Decision.GO:
            chains.append(())
        for owner in self.graph.owners.get(name, ()):
            reason = self._owner_reason(name, owner, decided)
            if reason is not None:
                decision = worst([decision, Decision.HOLD])
                reasons.append(reason)
                chains.append(decided[owner].chain if owner in decided else (owner,))
        chain = (name, *_deciding(chains, decided)) if chains else ()
        return ServiceReadiness(name, decision, tuple(reasons), chain)

    def _owner_reason(
        self, name: str, owner: str, decided: Mapping[str, ServiceReadiness]
    ) -> Reason | None:
        """Why an owner holds `name` back; None where it does not."""
        if owner in decided:
            standing = decided[owner]
            if standing.decision is Decision.GO:
                return None
            path = " -> ".join(standing.chain)
            message = f"its owner {owner} is {standing.decision}"
            message += f" (through {path})" if len(standing.chain) > 1 else ""
            return Reason("readiness/owner-not-ready", message)
        answer = self.observed.get(owner, Answer.UNKNOWN)
        if answer is Answer.OK:
            return None
        mend = f"roll it out first, or select it too: +{short_id(name)}"
        if answer is Answer.UNKNOWN and self.unseen:
            message = f"its owner {owner} was not observed: nobody could look: {self.unseen}"
            return Reason("readiness/owner-not-observed", message)
        if answer is Answer.UNKNOWN:
            message = f"its owner {owner} was not observed running; {mend}"
            return Reason("readiness/owner-not-observed", message)
        said = "runs and does not answer" if answer is Answer.NOBODY else "runs and is not healthy"
        return Reason("readiness/owner-not-healthy", f"its owner {owner} {said}; {mend}")

    def _unordered(self, name: str) -> ServiceReadiness:
        """A service on a cycle, or one that waits for a cycle: never GO."""
        found = self.own[name]
        path = _to_cycle(self.graph, name)
        cycle = next((one for one in self.graph.cycles if path[-1] in one), (path[-1],))
        edges = " -> ".join([*cycle, cycle[0]])
        reason = Reason("readiness/no-order", f"no order exists: the DBR cycle {edges}")
        decision = worst([Decision.HOLD, *(decision_of(finding.status) for finding in found)])
        own = any(decision_of(finding.status) is not Decision.GO for finding in found)
        chain = (name,) if own else path
        return ServiceReadiness(name, decision, (*_reasons(found), reason), chain)


def _deciding(
    chains: list[tuple[str, ...]], decided: Mapping[str, ServiceReadiness]
) -> tuple[str, ...]:
    """The chain to read first: the service's own, else towards a NO-GO, else the shortest."""

    def rank(chain: tuple[str, ...]) -> tuple[bool, bool, int, tuple[str, ...]]:
        last = decided.get(chain[-1]) if chain else None
        refused = last is not None and last.decision is Decision.NO_GO
        return (bool(chain), not refused, len(chain), chain)

    return min(chains, key=rank)


def _to_cycle(graph: Graph, name: str) -> tuple[str, ...]:
    """The shortest path along owners from a service without an order to a service of a cycle."""
    on_cycle = {member for cycle in graph.cycles for member in cycle}
    paths: list[tuple[str, ...]] = [(name,)]
    seen = {name}
    for path in paths:
        if path[-1] in on_cycle:
            return path
        for owner in graph.owners.get(path[-1], ()):
            if owner not in seen and owner not in graph.levels:
                seen.add(owner)
                paths.append((*path, owner))
    return (name,)


def _reasons(findings: Iterable[Finding]) -> list[Reason]:
    """The worst first, in the order of the findings otherwise."""
    told = [_reason(finding) for finding in findings]
    return sorted(told, key=lambda reason: -_WEIGHT[reason.decision])


def _reason(finding: Finding) -> Reason:
    waived = finding.waiver is not None
    return Reason(finding.code, _message(finding), decision_of(finding.status), waived)


_WEIGHT = {Decision.GO: 0, Decision.HOLD: 1, Decision.NO_GO: 2}


def _message(finding: Finding) -> str:
    where = f"{finding.place}: " if finding.place and finding.place.line else ""
    return f"{where}{finding.message}"


def _approval(policy: Policy) -> tuple[Reason, ...]:
    """That a rollout will need one: it is of a plan, so nothing of it can be judged here."""
    if policy.demand("approval") is not Demand.REQUIRED:
        return ()
    message = "a rollout needs the plan approved by another person: tierline approve PLAN"
    return (Reason("approval/needed", message, Decision.GO),)


def _release_reasons(check: Check) -> tuple[Reason, ...]:
    """What concerns no single service, the worst first; gates left out before findings."""
    judged = {result.gate for result in check.gates if result.status or result.off}
    missing = [gate.id for gate in GATES if gate.id not in judged]
    found: list[Reason] = []
    if missing or check.partial:
        message = f"the check left out {', '.join(missing) or 'some gates'}"
        found.append(Reason("readiness/partial-check", message))
    found += [_reason(finding) for finding in check.findings if finding.service_id is None]
    return tuple(sorted(found, key=lambda reason: -_WEIGHT[reason.decision]))


def _batches(graph: Graph, services: Mapping[str, ServiceReadiness]) -> tuple[BatchReadiness, ...]:
    """In order of start: by effective tier, then level; what has no order comes last."""
    members: dict[str, list[str]] = {}
    place = {name: number for number, name in enumerate(graph.order)}
    for name in sorted(services, key=lambda name: (place.get(name, len(place)), name)):
        members.setdefault(batch_of(graph, name), []).append(name)
    return tuple(
        BatchReadiness(id_, worst(services[name].decision for name in names), tuple(names))
        for id_, names in members.items()
    )

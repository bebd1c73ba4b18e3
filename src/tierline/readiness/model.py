"""Findings of gates and what they decide, as values."""

from __future__ import annotations

from collections.abc import Mapping

from tierline.facts.decision import Decision, Severity
from tierline.facts.reference import NoReference, Reference
from tierline.frozen import frozen
from tierline.mesh.defect import Place
from tierline.policy.model import Waiver


@frozen
class Finding:
    """A gate's result with its place, reason and fix. `service_id` None concerns the release.

    `fingerprint` is the same as long as it is the same finding, whatever line it moves to.
    `waiver` is the one by which it counts as a warning only.
    """

    code: str
    gate: str
    status: Severity
    service_id: str | None
    place: Place | None
    message: str
    fix: str = ""
    fingerprint: str = ""
    waiver: Waiver | None = None


@frozen
class GateResult:
    """What one gate says on the whole: the worst of its findings, or why it did not judge.

    A gate that is off was not asked for, and nothing is missing without it. One that was left out
    would have been, so the check is partial.
    """

    gate: str
    status: Severity | None
    """None: off, or left out"""
    reason: str = ""
    off: bool = False


@frozen
class Check:
    """The result of `tierline check`: every gate, every finding. `partial`: some gates left out.

    `hidden` is how many findings `--code` and `--severity` took away. `reference` is what contracts
    were compared with, or why with nothing; None: they were not compared. `vouched` are the services
    outside the mesh that somebody vouches for now.
    """

    decision: Decision
    gates: tuple[GateResult, ...]
    findings: tuple[Finding, ...]
    partial: bool = False
    hidden: int = 0
    reference: Reference | NoReference | None = None
    vouched: frozenset[str] = frozenset()


@frozen
class Reason:
    """Why a service is not GO (or what is worth knowing although it is).

    `decision` is what this reason alone decides: GO for a warning.
    """

    code: str
    message: str
    decision: Decision = Decision.HOLD
    waived: bool = False
    """it would count, but for a waiver"""


@frozen
class ServiceReadiness:
    """How one service stands. `chain` leads from it to the service that decides, itself first.

    A GO service has a chain of none; one that decides for itself has a chain of itself.
    """

    service_id: str
    decision: Decision
    reasons: tuple[Reason, ...]
    chain: tuple[str, ...] = ()


@frozen
class BatchReadiness:
    """A batch is as good as its worst service."""

    id: str
    decision: Decision
    services: tuple[str, ...]


@frozen
class Readiness:
    """May it ship: of every service of a selection, every batch, and the release."""

    environment: str
    decision: Decision
    services: Mapping[str, ServiceReadiness]
    batches: tuple[BatchReadiness, ...]
    release_reasons: tuple[Reason, ...] = ()
    """what concerns the release as a whole, not one service"""
    reference: Reference | NoReference | None = None
    """what contracts were compared with, as in a check"""
    vouched: frozenset[str] = frozenset()
    """services outside the mesh that somebody vouches for, as in a check"""

"""Boundaries in words: which two revisions, what they do to each other, by which judgement."""

from __future__ import annotations

from tierline.boundary.closure import Closed, Forced
from tierline.boundary.model import Basis, Boundary, Fit, Judgement, Matrix
from tierline.facts.revision import ABSENT


def version(matrix: Matrix, service_id: str, revision: str) -> str:
    """`the candidate of M01` or `M01 as it runs`: one side of a boundary."""
    moves = matrix.moves(service_id)
    if moves and revision == matrix.candidate.get(service_id):
        return f"the candidate of {service_id}"
    return f"{service_id} as it runs"


def meeting(matrix: Matrix, boundary: Boundary, met: tuple[str, str]) -> str:
    """How a consumer and a provider of these revisions get on, in a sentence without an end."""
    consumer = version(matrix, boundary.consumer, met[0])
    provider = version(matrix, boundary.provider, met[1])
    told = matrix.judgement(boundary, *met)
    if told.fit is Fit.NO and met[1] == ABSENT:
        return f"{consumer} needs {boundary.provider}, of which nothing runs"
    verb = {
        Fit.YES: "works with",
        Fit.NO: "breaks beside",
        Fit.UNKNOWN: "may break beside",
    }[told.fit]
    return f"{consumer} {verb} {provider}: {reason(told)}"


def reason(told: Judgement) -> str:
    """Why, and which judgement that was."""
    by = "" if told.basis in {Basis.ABSENT, Basis.NOTHING} else f" (by {told.basis})"
    return told.message + by


def step(matrix: Matrix, forced: Forced) -> str:
    """Why one service must come along with another."""
    why = meeting(matrix, forced.boundary, forced.met)
    return f"{forced.service_id} must come along with {forced.by}: {why}"


def proof(matrix: Matrix, closed: Closed, service_id: str) -> tuple[str, ...]:
    """Why a service must come along, a step a line, from one that was asked for."""
    return tuple(step(matrix, forced) for forced in closed.chain(service_id))

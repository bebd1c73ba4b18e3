"""Boundaries in words: which two revisions, what they do to each other, by which judgement."""

from __future__ import annotations

from tierline.boundary.closure import Closed, Forced
from tierline.boundary.horizon import Lost
from tierline.boundary.model import Basis, Boundary, Fit, Judgement, Matrix
from tierline.facts.revision import ABSENT


def version(matrix: Matrix, service_id: str, revision: str) -> str:
    """`the candidate of M01` or `M01 as it runs`: one side of a boundary."""
    moves = matrix.moves(service_id)
    if moves and revision == matrix.candidate.get(service_id):
        return f"the candidate of {service_id}"
    if revision in matrix.former.get(service_id, ()) and revision != matrix.running.get(service_id):
        return f"{service_id} as it ran before"
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


def way_back(matrix: Matrix, one: Lost) -> str:
    """Which way back a release would close, in a sentence without an end."""
    provider = version(matrix, one.boundary.provider, matrix.candidate[one.boundary.provider])
    verb = "would break" if one.judgement.fit is Fit.NO else "may break"
    consumer = f"{one.boundary.consumer} as it ran before ({one.revision[:12]})"
    return f"{consumer} can still be gone back to, and {verb} beside {provider}: {reason(one.judgement)}"


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

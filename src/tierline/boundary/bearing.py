"""Does everybody who is known bear what a provider takes away? For certain, or not at all."""

from __future__ import annotations

from tierline.boundary.model import Fit, Matrix


def borne(matrix: Matrix, provider: str, contract: str) -> frozenset[str] | None:
    """Whoever takes a contract, if every known revision of them bears the provider's candidate.

    None where somebody does not, or nobody knows: the provider is not part of the release, the
    contracts of something that runs or may be gone back to were not kept, or a pair of revisions
    could not be compared.
    """
    candidate = matrix.candidate.get(provider)
    if candidate is None or matrix.trouble or matrix.unkept:
        return None
    consumers: set[str] = set()
    for boundary, pairs in matrix.pairs.items():
        if boundary.provider != provider or boundary.contract != contract:
            continue
        told = [judgement.fit for (_, other), judgement in pairs.items() if other == candidate]
        if not told or any(fit is not Fit.YES for fit in told):
            return None
        consumers.add(boundary.consumer)
    return frozenset(consumers)

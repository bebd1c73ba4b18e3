"""Rows of the index of kept evidence: what a gate needs of a result, as plain JSON values.

Parts of revisions and names of passed tests are left out: who tells them reads the files.
"""

from __future__ import annotations

from typing import Any

from tierline.facts.testing import Counts, HowTested, Kept, Outcome, Seal, Suite, SuiteResult

Stamp = tuple[int, int, int, int, int]
"""size, mtime and ctime in ns, inode, kind: a file that has all of them again is the same"""
_NAMED = 3


def as_row(kept: Kept, at: Stamp) -> list[Any]:
    """The row of one file."""
    return [list(at), kept.service_id, kept.suite, kept.trouble, _result_row(kept.result)]


def from_row(file: str, row: list[Any] | None, at: Stamp) -> Kept | None:
    """What a row says of a file that is stamped so; None where it is about another, or no row."""
    try:
        if row is None or tuple(row[0]) != at:
            return None
        _, service_id, suite, trouble, result = row
        return Kept(str(file), str(service_id), str(suite), _result(result), str(trouble))
    except (ValueError, TypeError, IndexError):
        return None


def _result_row(result: SuiteResult | None) -> list[Any] | None:
    if result is None:
        return None
    counts, how = result.counts, result.how
    return [
        result.mesh, result.service_id, result.suite, result.revision, list(result.environments),
        result.outcome, [counts.passed, counts.failed, counts.skipped],
        [how.runner, how.tool, how.seconds, how.bound], result.signer, result.key, result.at,
        list(result.failures[:_NAMED]), result.seal,
    ]  # fmt: skip


def _result(row: list[Any] | None) -> SuiteResult | None:
    if row is None:
        return None
    mesh, service_id, suite, revision, places, outcome, counts, how, signer, key, at, bad, seal = (
        row
    )
    runner, tool, seconds, bound = how
    return SuiteResult(
        mesh=mesh,
        service_id=service_id,
        suite=Suite(suite),
        revision=revision,
        environments=tuple(places),
        outcome=Outcome(outcome),
        counts=Counts(*counts),
        how=HowTested(runner, tool, (), seconds, bound),
        signer=signer,
        key=key,
        at=at,
        failures=tuple(bad),
        seal=Seal(seal),
    )

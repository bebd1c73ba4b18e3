"""Results of suites as in-toto Statements (predicate test-result v0.1) in DSSE envelopes, and back.

What the predicate has no field for is in the annotations of its one `configuration`. The subject is
the service, its digest the source revision. Read by hand: `check` must not wait for pydantic.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from tierline.evidence.envelopes import Malformed, fits, payload_of, sealed
from tierline.facts.instant import Instant
from tierline.facts.revision import Part, Revision
from tierline.facts.testing import Counts, HowTested, Outcome, Seal, Suite, SuiteResult
from tierline.plan.digest import canonical
from tierline.report.times import stamp

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

PAYLOAD_TYPE = "application/vnd.in-toto+json"
STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "https://in-toto.io/attestation/test-result/v0.1"
DIGEST = "tierlineSource"
LARGEST = 1 << 20
"""characters of an envelope"""
MOST_NAMED = 1000
"""tests that are named, of each kind"""
_LONGEST = 1000
_RESULT = {"PASSED": Outcome.PASSED, "FAILED": Outcome.FAILED}


def attested(result: SuiteResult, key: Ed25519PrivateKey) -> str:
    """The signed statement on a result, whose `key` must be the public half of this one."""
    return sealed(PAYLOAD_TYPE, canonical(statement(result)).encode("ascii"), key)


def read_attested(text: str) -> SuiteResult:
    """The result in an envelope, with what its signature is worth; Malformed where it is none."""
    content, signatures = payload_of(text, PAYLOAD_TYPE, LARGEST)
    if len(signatures) > 1:
        raise Malformed("has several signatures")
    result = _read(content)
    if not signatures:
        return result
    genuine = fits(result.key, signatures[0], PAYLOAD_TYPE, content)
    return dataclasses.replace(result, seal=Seal.GENUINE if genuine else Seal.FORGED)


def statement(result: SuiteResult) -> Mapping[str, object]:
    """The in-toto Statement, as JSON values."""
    how, counts = result.how, result.counts
    return {
        "_type": STATEMENT,
        "subject": [
            {
                "name": result.service_id,
                "digest": {DIGEST: result.revision},
                "annotations": {"parts": {part.name: part.digest for part in result.parts}},
            }
        ],
        "predicateType": PREDICATE,
        "predicate": {
            "result": result.outcome.name,
            "configuration": [
                {
                    "name": f"{result.suite} tests of {result.service_id}",
                    "uri": f"urn:tierline:suite:1:{result.suite}",
                    "annotations": {
                        "mesh": result.mesh,
                        "suite": str(result.suite),
                        "environments": list(result.environments),
                        "runner": how.runner,
                        "tool": how.tool,
                        "argv": list(how.argv),
                        "seconds": how.seconds,
                        "bound": how.bound,
                        "passed": counts.passed,
                        "failed": counts.failed,
                        "skipped": counts.skipped,
                        "signer": result.signer,
                        "key": result.key,
                        "at": stamp(result.at),
                    },
                }
            ],
            "passedTests": [name[:_LONGEST] for name in result.passes[:MOST_NAMED]],
            "warnedTests": [],
            "failedTests": [name[:_LONGEST] for name in result.failures[:MOST_NAMED]],
        },
    }


def _read(content: bytes) -> SuiteResult:
    try:
        value: object = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise Malformed("is signed over what is no JSON document") from error
    told = _table(value)
    if told.get("_type") != STATEMENT or told.get("predicateType") != PREDICATE:
        raise Malformed("is no test result (in-toto, test-result v0.1)")
    subject, predicate = _only(told.get("subject")), _table(told.get("predicate"))
    notes = _table(_only(predicate.get("configuration")).get("annotations"))
    outcome = _RESULT.get(_text(predicate, "result"))
    suite = next((one for one in Suite if one == notes.get("suite")), None)
    if outcome is None or suite is None:
        raise Malformed("names no known suite or result")
    result = SuiteResult(
        mesh=_text(notes, "mesh"),
        service_id=_text(subject, "name"),
        suite=suite,
        revision=_text(_table(subject.get("digest")), DIGEST),
        environments=_texts(notes.get("environments")),
        outcome=outcome,
        counts=Counts(*(_count(notes, name) for name in ("passed", "failed", "skipped"))),
        how=_how(notes),
        signer=_text(notes, "signer"),
        key=_text(notes, "key"),
        at=_instant(_text(notes, "at")),
        parts=_parts(_table(subject.get("annotations")).get("parts")),
        failures=_texts(predicate.get("failedTests")),
        passes=_texts(predicate.get("passedTests")),
    )
    return _consistent(result)


def _consistent(result: SuiteResult) -> SuiteResult:
    if result.parts and Revision(result.parts).source_id != result.revision:
        raise Malformed("names a revision that its parts do not make")
    if (result.outcome is Outcome.FAILED) != bool(result.counts.failed):
        raise Malformed("counts failures and says that it passed, or the other way round")
    return result


def _how(notes: Mapping[str, object]) -> HowTested:
    seconds = notes.get("seconds")
    if not isinstance(seconds, int | float) or not 0 <= seconds < 1e9:
        raise Malformed("has no duration")
    words = {name: _text(notes, name) for name in ("runner", "tool", "bound")}
    return HowTested(argv=_texts(notes.get("argv")), seconds=float(seconds), **words)


def _parts(value: object) -> tuple[Part, ...]:
    found = _table(value)
    return tuple(Part(name, _text(found, name)) for name in sorted(found))


def _table(value: object) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise Malformed("lacks a part of a test result")
    return cast("dict[str, object]", value)


def _only(value: object) -> Mapping[str, object]:
    if not isinstance(value, list) or len(cast("list[object]", value)) != 1:
        raise Malformed("has not exactly one subject and one configuration")
    return _table(cast("list[object]", value)[0])


def _text(table: Mapping[str, object], name: str) -> str:
    found = table.get(name)
    if not isinstance(found, str) or len(found) > _LONGEST:
        raise Malformed(f"lacks the text {name}")
    return found


def _texts(value: object) -> tuple[str, ...]:
    items = cast("list[object]", value) if isinstance(value, list) else [None]
    if len(items) > MOST_NAMED or not all(isinstance(one, str) for one in items):
        raise Malformed("has a list that is not one of texts")
    return tuple(cast("list[str]", items))


def _count(table: Mapping[str, object], name: str) -> int:
    found = table.get(name)
    if not isinstance(found, int) or isinstance(found, bool) or not 0 <= found < 10**9:
        raise Malformed(f"lacks the number {name}")
    return found


def _instant(text: str) -> Instant:
    try:
        at = dt.datetime.fromisoformat(text)
        if at.tzinfo is None:
            raise Malformed("has a time without its offset")
        return at.timestamp()
    except (ValueError, OverflowError) as error:
        raise Malformed("has no time") from error

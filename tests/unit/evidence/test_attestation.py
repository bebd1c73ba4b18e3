"""Results as signed in-toto statements: there and back, and what is none."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tierline.evidence.attestation import PREDICATE, STATEMENT, attested, read_attested, statement
from tierline.evidence.envelopes import Malformed, public_key, sealed
from tierline.evidence.shelf import Shelf
from tierline.facts.revision import Part, Revision
from tierline.facts.testing import Counts, HowTested, Outcome, Seal, Suite, SuiteResult

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PARTS = (Part("lock", "b"), Part("service tree", "a"))
RESULT = SuiteResult(
    mesh="shop",
    service_id="M05-Payments",
    suite=Suite.UNIT,
    revision=Revision(PARTS).source_id,
    environments=("local", "prod"),
    outcome=Outcome.FAILED,
    counts=Counts(3, 1, 2),
    how=HowTested("go", "go1.26", ("go", "test"), 1.5),
    signer="ada",
    key=public_key(KEY),
    at=1_000_000.25,
    parts=PARTS,
    failures=("pkg.TestA",),
    passes=("pkg.TestB",),
    seal=Seal.GENUINE,
)


def test_there_and_back() -> None:
    assert read_attested(attested(RESULT, KEY)) == RESULT


def test_it_is_a_test_result_of_in_toto() -> None:
    told: Any = statement(RESULT)
    assert (told["_type"], told["predicateType"]) == (STATEMENT, PREDICATE)
    assert told["subject"][0]["name"] == "M05-Payments"
    assert told["subject"][0]["digest"] == {"tierlineSource": RESULT.revision}
    assert told["predicate"]["result"] == "FAILED"
    assert told["predicate"]["failedTests"] == ["pkg.TestA"]
    assert all("uri" in one for one in told["predicate"]["configuration"])


def test_a_key_that_is_not_the_one_named_forges() -> None:
    other = Ed25519PrivateKey.from_private_bytes(bytes(32))
    assert read_attested(attested(RESULT, other)).seal is Seal.FORGED


def test_a_signature_of_another_kind_of_payload_is_none() -> None:
    outer = json.loads(attested(RESULT, KEY))
    content = base64.b64decode(outer["payload"])
    foreign = json.loads(sealed("application/vnd.tierline.approval+json", content, KEY))
    outer["signatures"] = foreign["signatures"]
    assert read_attested(json.dumps(outer)).seal is Seal.FORGED


def changed(*path: Any, value: Any) -> str:
    """An envelope of RESULT's statement with one value replaced, signed."""
    told: Any = json.loads(json.dumps(statement(RESULT)))
    at = told
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    return sealed("application/vnd.in-toto+json", json.dumps(told).encode(), KEY)


NOTES = ("predicate", "configuration", 0, "annotations")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("_type",), "https://in-toto.io/Statement/v0.1"),
        (("predicateType",), "https://slsa.dev/provenance/v1"),
        (("subject",), []),
        (("subject",), [{}, {}]),
        (("subject", 0, "digest"), {"sha256": "0" * 64}),
        (("subject", 0, "annotations", "parts"), {"service tree": "other"}),
        (("predicate", "result"), "WARNED"),
        (("predicate", "result"), "PASSED"),
        (("predicate", "failedTests"), [1]),
        ((*NOTES, "suite"), "smoke"),
        ((*NOTES, "passed"), -1),
        ((*NOTES, "passed"), True),
        ((*NOTES, "failed"), 0),
        ((*NOTES, "at"), "2026-05-04T10:00:00"),
        ((*NOTES, "at"), "soon"),
        ((*NOTES, "seconds"), "1"),
        ((*NOTES, "environments"), "prod"),
        ((*NOTES, "key"), None),
    ],
)
def test_what_is_no_test_result(path: tuple[Any, ...], value: Any) -> None:
    with pytest.raises(Malformed):
        read_attested(changed(*path, value=value))


def test_an_index_spares_nothing_that_changed(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    (name,) = shelf.add([(RESULT, attested(RESULT, KEY))])
    (known,), (read,) = shelf.kept(), shelf.kept(afresh=True)
    assert read.result == RESULT
    assert known.result == replace(RESULT, parts=(), passes=(), how=replace(RESULT.how, argv=()))
    file = tmp_path / name
    file.write_text(file.read_text().replace('"sig": "', '"sig": "AAAA'))
    (found,) = shelf.kept()
    assert found.result is None or found.result.seal is not Seal.GENUINE


def test_the_newest_of_one_kind_stays(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    for at in (1.0, 3.0, 2.0):
        shelf.add([(replace(RESULT, at=at), attested(replace(RESULT, at=at), KEY))])
    assert [one.result.at for one in shelf.kept() if one.result] == [3.0]


@pytest.mark.parametrize("index", ["", "[]", '{"version": 1}', '{"version": 1, "rows": {"x": 1}}'])
def test_a_damaged_index_is_not_believed(tmp_path: Path, index: str) -> None:
    shelf = Shelf(tmp_path)
    shelf.add([(RESULT, attested(RESULT, KEY))])
    (tmp_path / "index.json").write_text(index)
    (found,) = shelf.kept()
    assert found.result == RESULT

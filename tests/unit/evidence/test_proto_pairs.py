"""Proto files of two revisions that can meet, compared by the real buf, in both directions."""

from __future__ import annotations

from pathlib import Path

import pytest

from tierline.boundary.judge import Compared, Gathered, matrix_of
from tierline.boundary.model import Boundary, Fit
from tierline.boundary.shipment import Shipment
from tierline.contracts.change import Change
from tierline.evidence.proto_pairs import proto_pairs
from tierline.mesh.tree import Entry, Kind

pytestmark = [pytest.mark.required("buf")]

PATH = "contracts/proto/auth/v1/auth.proto"
CONSUMER, PROVIDER = "M02-Profile", "M01-Authentication"
OLD = b"""syntax = "proto3";
package auth.v1;
import "google/protobuf/timestamp.proto";
service Auth { rpc Verify(Token) returns (Token); }
message Token { string text = 1; google.protobuf.Timestamp until = 2; }
"""
MORE = OLD.replace(b"returns (Token); }", b"returns (Token); rpc Drop(Token) returns (Token); }")
IMPORTING = MORE.replace(b"google/protobuf/timestamp", b"auth/v1/other")
FILES = {"old": OLD, "more": MORE, "importing": IMPORTING}
CONTENTS = {name: Entry(Kind.FILE, len(text), text) for name, text in FILES.items()}


def shipments(taken: str, given: str) -> tuple[Shipment, Shipment]:
    return (
        Shipment(CONSUMER, "c1", consumes={PATH: taken}, owners=(PROVIDER,)),
        Shipment(PROVIDER, "p2", provides={PATH: given}),
    )


def pairs(root: Path, taken: str, given: str) -> dict[Compared, tuple[Change, ...] | str]:
    return dict(proto_pairs(root, shipments(taken, given), CONTENTS))


def test_a_provider_that_has_more_breaks_nobody(tmp_path: Path) -> None:
    assert pairs(tmp_path, "old", "more") == {(PATH, "old", "more"): ()}


def test_a_consumer_that_wants_more_is_broken_by_an_older_provider(tmp_path: Path) -> None:
    consumer, provider = shipments("more", "old")
    found = proto_pairs(tmp_path, (consumer, provider), CONTENTS)
    gathered = Gathered({CONSUMER: consumer}, {PROVIDER: provider}, {PROVIDER: "p2"}, proto=found)
    boundary = Boundary(CONSUMER, PROVIDER, PATH, binds=True)
    told = matrix_of(gathered, ties=True).judgement(boundary, "c1", "p2")
    assert told.fit is Fit.NO
    assert 'RPC_NO_DELETE: Previously present RPC "Drop"' in told.message


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ("importing", f"{PATH} imports auth/v1/other.proto, which is not kept with it"),
        ("gone", f"{PATH}: its content was not kept"),
    ],
)
def test_what_cannot_be_compared_says_why(tmp_path: Path, given: str, why: str) -> None:
    assert pairs(tmp_path, "old", given) == {(PATH, "old", given): why}


def test_the_same_file_is_not_asked_about(tmp_path: Path) -> None:
    assert pairs(tmp_path, "old", "old") == {}


def test_without_buf_it_is_unknown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr("sys.executable", str(tmp_path / "bin/python"))
    assert pairs(tmp_path, "old", "more") == {
        (PATH, "old", "more"): f"{PATH} differs, and buf is not installed"
    }

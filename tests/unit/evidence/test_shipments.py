"""What the working tree would ship: whose contracts they are, what is used, and what is code."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from made.plans import mesh_of
from tierline.evidence.content import Content
from tierline.evidence.shipments import Shipping
from tierline.facts.revision import UNKNOWN, Part, Revision, digest_of
from tierline.mesh.model import Mesh

A, B = "M01-Authentication-Service", "M02-Profile-Service"
API = "contracts/openapi/M01-authentication-service.yaml"
EVENT = "contracts/events/user.signed_in.json"
FILES = {
    API: "openapi: 3.1.0\n",
    EVENT: '{"event_type": "user.signed_in"}',
    "contracts/events/README.md": "text",
    "contracts/schemas/envelope.json": "{}",
    "services/x/b/contracts/uses/openapi/M01-authentication-service.yaml": "openapi: 3.1.0\n# less\n",
    "services/x/b/contracts/uses/events/nobody.asked.json": "{}",
}
REVISION = Revision((Part("service tree", "t"), Part(API, "x"), Part("contracts/gen/go", "g")))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    return tmp_path


@pytest.fixture
def mesh() -> Mesh:
    """A provides an API and an event; B reads A's data and takes the event."""
    made = mesh_of({A: (), B: (A,)})
    services = {
        A: replace(made.services[A], path="services/x/a", produces=("user.signed_in",)),
        B: replace(made.services[B], path="services/x/b", consumes=("user.signed_in", "no.file")),
    }
    return replace(made, services=services)


def test_each_side_has_the_contracts_that_it_goes_by(root: Path, mesh: Mesh) -> None:
    content = Content.below(root)
    shipping = Shipping(mesh, content)
    one, other = shipping.of(A, REVISION), shipping.of(B, REVISION)
    digests = {path: content.file(path) for path in (EVENT, API)}
    assert (one.provides, one.consumes, one.uses, one.owners) == (digests, {}, {}, ())
    assert (other.provides, other.consumes, other.owners) == ({}, digests, (A,))
    use = "services/x/b/contracts/uses/openapi/M01-authentication-service.yaml"
    assert other.uses == {API: content.file(use)}, "what it does not take it cannot use"
    assert (one.revision, one.shared) == (REVISION.id, other.shared)


def test_everything_that_both_go_by_can_be_kept(root: Path, mesh: Mesh) -> None:
    shipping = Shipping(mesh, Content.below(root))
    other = shipping.of(B, REVISION)
    kept = shipping.contents([other])
    named = {*other.consumes.values(), *other.uses.values()}
    assert set(kept) == named
    assert kept[other.uses[API]] == b"openapi: 3.1.0\n# less\n"


def test_shared_schemas_move_every_shipment(root: Path, mesh: Mesh) -> None:
    before = Shipping(mesh, Content.below(root)).of(A, REVISION).shared
    (root / "contracts/schemas/envelope.json").write_text('{"type": "object"}')
    assert Shipping(mesh, Content.below(root)).of(A, REVISION).shared != before


def test_code_is_what_it_is_built_from_but_contracts_that_it_reads(root: Path, mesh: Mesh) -> None:
    shipping = Shipping(mesh, Content.below(root))
    other_file = Revision(
        tuple(replace(p, digest="y") if p.name == API else p for p in REVISION.source)
    )
    other_stub = Revision((*REVISION.source[:2], Part("contracts/gen/go", "h")))
    blind = Revision((*REVISION.source, Part("toolchain", UNKNOWN)))
    code = shipping.of(B, REVISION).code
    assert code == digest_of(["contracts/gen/go=g", "service tree=t"])
    assert shipping.of(B, other_file).code == code
    assert shipping.of(B, other_stub).code != code
    assert shipping.of(B, blind).code == ""

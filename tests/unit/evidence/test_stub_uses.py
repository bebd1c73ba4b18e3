"""A removal in a proto file holds who imports its stubs, and nobody else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from made.plans import mesh_of, revision_of
from tierline.boundary.judge import Gathered, matrix_of
from tierline.boundary.model import Basis, Boundary, Fit
from tierline.boundary.shipment import UNUSED
from tierline.contracts.change import Change, Kind, Side, Spot
from tierline.evidence.content import Content
from tierline.evidence.shipments import Shipping
from tierline.mesh.defect import Place
from tierline.mesh.model import LocalModule, Mesh, Module

A, B, C = "M01-Account-Service", "M02-Billing-Service", "M03-Report-Service"
PROTO = "contracts/proto/account/v1/account.proto"
FILES = {
    PROTO: 'syntax = "proto3";\npackage account.v1;\nmessage M { string a = 1; }\n',
    "contracts/gen/go/account/v1/account.pb.go": "package accountv1\n",
    "platform/kit.go": "package kit\n",
    "services/b/main.go": 'package main\nimport "x/contracts/gen/go/account/v1"\n',
    "services/c/main.go": "package main\n",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    return tmp_path


@pytest.fixture
def mesh() -> Mesh:
    """B and C read A's data; both build from the platform, B imports A's stubs."""
    made = mesh_of({A: (), B: (A,), C: (A,)})
    paths = {A: "services/a", B: "services/b", C: "services/c"}
    services = {name: replace(made.services[name], path=path) for name, path in paths.items()}
    modules = {
        path: _module(path, "platform", "contracts") for path in ("services/b", "services/c")
    }
    return replace(made, services=services, modules={**modules, "platform": _module("platform")})


def _module(path: str, *local: str) -> Module:
    made = tuple(LocalModule(name, name, Place(f"{path}/go.mod", 1)) for name in local)
    return Module(f"x/{path}", Place(f"{path}/go.mod", 1), local=made)


def test_who_imports_no_stubs_is_not_held(root: Path, mesh: Mesh) -> None:
    content = Content.below(root)
    runs = {name: Shipping(mesh, content).of(name, revision_of(name)) for name in mesh.services}
    assert (runs[B].uses, runs[C].uses) == ({}, {PROTO: UNUSED})
    (root / PROTO).write_text('syntax = "proto3";\npackage account.v1;\nmessage M {}\n')
    would = Shipping(mesh, content.afresh()).of(A, revision_of(A, "new"))
    key = (PROTO, runs[A].provides[PROTO], would.provides[PROTO])
    spot = Spot("", Place(PROTO, 3, 1))
    gone = Change(
        Kind.PROTO, "field", "FIELD", "a was deleted", None, spot, frozenset({Side.CONSUMER})
    )
    revisions = {name: one.revision for name, one in runs.items()}
    matrix = matrix_of(Gathered({A: would}, runs, revisions, proto={key: (gone,)}), ties=True)
    told = {
        consumer: matrix.pairs[Boundary(consumer, A, PROTO, True)][
            revisions[consumer], would.revision
        ]
        for consumer in (B, C)
    }
    assert [(one.fit, one.basis) for one in told.values()] == [
        (Fit.NO, Basis.COMPARED),
        (Fit.YES, Basis.USE),
    ]
    assert told[C].message == "the consumer imports none of its stubs"


def test_what_is_shared_counts_as_its_own(root: Path, mesh: Mesh) -> None:
    (root / "platform/kit.go").write_text(FILES["services/b/main.go"])
    shipping = Shipping(mesh, Content.below(root))
    assert shipping.of(C, revision_of(C)).uses == {}


def test_code_whose_closure_is_unknown_uses_everything(root: Path, mesh: Mesh) -> None:
    shipping = Shipping(replace(mesh, modules={}), Content.below(root))
    assert shipping.of(C, revision_of(C)).uses == {}

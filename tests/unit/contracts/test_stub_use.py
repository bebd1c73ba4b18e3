"""Which proto files a consumer does not use: cases in tests/cases/stub-uses.yaml."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tierline.contracts.stub_use import Sources, Stubs, unused_protos

CASES = yaml.safe_load((Path(__file__).parents[2] / "cases" / "stub-uses.yaml").read_text())
PROTOS = {
    "account": "contracts/proto/account/v1/account.proto",
    "bill": "contracts/proto/billing/bill.proto",
}
STUBS = Stubs(
    {
        "account/v1/account.pb.go": "package accountv1\n",
        "bill/v1/bill.pb.go": "// source: billing/bill.proto\n\npackage billv1\n"
        'import "example.com/contracts/gen/go/account/v1"\n',
        "account/v1/account_pb2.py": "",
        "account/v1/account_pb2_grpc.py": "from account.v1 import account_pb2\n",
    }
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_what_is_not_used(case: dict[str, Any]) -> None:
    packages = {PROTOS["account"]: "account.v1", PROTOS["bill"]: "bill.v1"}
    found = unused_protos(packages, Sources(case["files"], case.get("whole", True)), STUBS)
    assert found == {PROTOS[name] for name in case["unused"]}


def test_what_has_no_stubs_is_used_by_everybody() -> None:
    packages = {PROTOS["account"]: "account.v1"}
    sources = Sources({"main.go": "package main\n"})
    assert unused_protos(packages, sources, Stubs()) == frozenset()

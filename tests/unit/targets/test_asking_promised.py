"""What is kept of a revision's promises, who takes a contract, and how answers are held against it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from tierline.facts.evidence import Answer
from tierline.targets.asking import http
from tierline.targets.asking.contracts import Ask, Contract, ContractAsker, Held
from tierline.targets.asking.promised import Promised, Taker, promised, readers_of

DOCUMENT = b"""\
openapi: 3.1.0
info: {title: x, version: "1"}
paths:
  /users:
    get:
      responses:
        "200":
          description: all
          content: {application/json: {schema: {type: object, required: [name]}}}
"""
PATH = "contracts/openapi/M01-orders.yaml"
CONTRACT = Contract(PATH, DOCUMENT)


def test_what_is_kept_comes_back_whatever_bytes_it_has() -> None:
    told = Promised(Contract("a", b"\xff\x00 text"), {"openapi/b": Contract("b", b"")})
    assert Promised.of_json(json.loads(json.dumps(told.to_json()))) == told
    assert Promised.of_json(json.loads(json.dumps(Promised().to_json()))) == Promised()


def test_what_an_older_version_kept_says_nothing() -> None:
    assert Promised.of_json(None) is None
    with pytest.raises(KeyError):
        Promised.of_json({})


def test_what_a_checkout_promises_and_uses(tmp_path: Path) -> None:
    uses = tmp_path / "mesh/services/a/M01-orders/contracts/uses/openapi"
    (tmp_path / "mesh/contracts/openapi").mkdir(parents=True)
    uses.mkdir(parents=True)
    (tmp_path / "mesh" / PATH).write_bytes(DOCUMENT)
    (uses / "M02.yaml").write_bytes(b"used")
    (tmp_path / "secret").write_bytes(b"outside")
    (uses / "M03.yaml").symlink_to(tmp_path / "secret")
    found = promised(tmp_path / "mesh", "M01-Orders", "services/a/M01-orders")
    assert found.contract == CONTRACT
    use = Contract("services/a/M01-orders/contracts/uses/openapi/M02.yaml", b"used")
    assert found.uses == {"openapi/M02.yaml": use}
    assert found.use("contracts/openapi/M02.yaml") == use
    assert found.use("contracts/openapi/M04.yaml") is None
    assert promised(tmp_path / "mesh", "M09-Else", "services/a/M09-else") == Promised()


def test_who_takes_a_contract() -> None:
    """Whom nobody knows counts as a consumer."""
    use = Contract("u", b"")
    takers = {
        "M02": Taker(("M01",), Promised(None, {"openapi/M01-orders.yaml": use})),
        "M03": Taker(("M01",)),
        "M04": Taker(("M09",), Promised()),
        "M05": Taker(("M01",), Promised()),
    }
    revisions = dict.fromkeys(("M01", *takers, "M06"), "r")
    readers = readers_of("M01", PATH, lambda: revisions, lambda name, _: takers.get(name))

    async def found() -> Mapping[str, Contract | None]:
        return await readers()

    assert asyncio.run(found()) == {"M02": use, "M03": None, "M05": None, "M06": None}


async def broken(path: str) -> http.Answered:
    return http.Answered(200, b"{}") if path == "/users" else http.Answered(404, b"{}")


async def silent(path: str) -> http.Answered:
    raise http.NoAnswer("the connection was cut")


def held(ask: Ask, *takers: str) -> Held:
    readers = readers_of(
        "M01", PATH, lambda: dict.fromkeys(takers, "r"), lambda _, __: Taker(("M01",))
    )
    return asyncio.run(ContractAsker().hold(CONTRACT, ask, ["/users"], readers))


def test_an_answer_that_is_not_as_promised_concerns_who_takes_it() -> None:
    found = held(broken, "M02", "M03")
    assert (found.answer, found.concerns) == (Answer.FAILED, ("M02", "M03"))
    assert "GET /users" in found.detail


def test_no_answer_is_no_break() -> None:
    assert held(silent) == Held(Answer.UNKNOWN, "GET /users: the connection was cut")

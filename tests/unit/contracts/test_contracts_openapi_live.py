"""Whether answers are what an OpenAPI document promises."""

from __future__ import annotations

import json

import pytest

from tierline.contracts.openapi.live import Promise, compare_answer, read_promise

DOCUMENT = """
openapi: {version}
paths:
  /users:
    get:
      responses:
        "200":
          content:
            application/json:
              schema: {{$ref: "#/components/schemas/Users"}}
        "404": {{description: nobody}}
  /page:
    get:
      responses:
        "200": {{content: {{text/html: {{}}}}}}
components:
  schemas:
    Users:
      type: object
      required: [users]
      properties:
        users: {{type: array, items: {{type: string}}}}
        note: {note}
"""
NEW = DOCUMENT.format(version="3.1.0", note="{type: [string, 'null']}")
OLD = DOCUMENT.format(version="3.0.3", note="{type: string, nullable: true}")


def promise(text: str = NEW) -> Promise:
    read = read_promise(text.encode(), "m01.yaml")
    assert isinstance(read, Promise)
    return read


def told(path: str, status: int, body: object, text: str = NEW) -> tuple[bool, bool, str]:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    found = compare_answer(promise(text), path, status, raw)
    return found.broken, found.known, found.told


@pytest.mark.parametrize("text", [NEW, OLD])
def test_an_answer_as_promised_breaks_nothing(text: str) -> None:
    assert told("/users", 200, {"users": ["a"], "note": None, "more": 1}, text) == (False, True, "")


@pytest.mark.parametrize("text", [NEW, OLD])
def test_an_answer_that_does_not_fit_says_where(text: str) -> None:
    broken = told("/users", 200, {"users": ["a", 2]}, text)
    assert broken == (True, True, "GET /users: at /users/1: a number where a text belongs")


def test_what_is_no_json_breaks_a_promise_of_json() -> None:
    assert told("/users", 200, b"<html>") == (True, True, "GET /users: the answer is no JSON")


def test_a_success_that_nobody_promised_is_broken_and_a_refusal_unknown() -> None:
    assert told("/users", 201, {}) == (
        True, True, "GET /users answers 201, which m01.yaml does not promise",
    )  # fmt: skip
    assert told("/users", 401, {})[:2] == (False, False)


def test_an_error_of_the_server_is_no_question_of_contracts() -> None:
    assert told("/users", 503, {}) == (False, False, "GET /users answers 503")


def test_what_was_promised_without_content_holds() -> None:
    assert told("/users", 404, b"") == (False, True, "")


def test_other_than_json_is_not_compared() -> None:
    assert told("/page", 200, b"x") == (False, False, "GET /page may answer with more than JSON")


def test_a_schema_elsewhere_is_not_fetched() -> None:
    text = NEW.replace("#/components/schemas/Users", "http://127.0.0.1:9/x.json")
    broken, known, why = told("/users", 200, {}, text)
    assert (broken, known) == (False, False)
    assert "cannot be used" in why


@pytest.mark.parametrize("text", ["[]", "swagger: '2.0'", "a: [", "openapi: 2"])
def test_what_is_no_document_says_so(text: str) -> None:
    assert isinstance(read_promise(text.encode(), "m01.yaml"), str)

"""What an API server's refusal means: whether trying again helps, and in which words it is told."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, cast

from tierline.facts.observation import Outcome, Refused, Unknown
from tierline.mesh.clean import clean
from tierline.targets.kubernetes.objects import Object, inside, listed, text_of

_LONGEST = 500
_PASSING = frozenset({408, 429, 500, 502, 503, 504})
_MANAGER = re.compile(r'conflict with "(?P<name>[^"]{1,200})"')


class ApiRefusal(Exception):  # noqa: N818 - an answer, not a mistake
    """The server answered with an error; `status` 0: it did not answer at all.

    `body` is the answer as an object, empty where it is none; `content` its bytes.
    """

    def __init__(self, status: int, message: str, body: Object, content: bytes = b"") -> None:
        super().__init__(message)
        self.status, self.message = status, message
        self.body, self.content = body, content
        self.retry_after = 0.0

    @property
    def passing(self) -> bool:
        """Whether the same may be answered otherwise later."""
        return self.status in _PASSING or self.status == 0


def refusal(status: int, headers: Mapping[str, str], content: bytes) -> ApiRefusal:
    """The refusal that an answer with an error status is, whatever its body is."""
    body = _object(content)
    message = text_of(body, "message") or clean(content[:200].decode(errors="replace"), 200)
    after = headers.get("retry-after", "")
    seconds = float(after) if after.isdigit() else 0.0
    found = ApiRefusal(status, clean(message, _LONGEST) or "no reason given", body, content)
    found.retry_after = min(seconds, 60.0)
    return found


def outcome_of(error: ApiRefusal, what: str) -> Outcome:
    """What became of an effect that was answered so; `what` is the object it was about."""
    told = f"{what}: {error.message}"
    match error.status:
        case 409 if managers := conflicting(error.body):
            fields = ", ".join(f"{field} ({manager})" for field, manager in managers)
            message = (
                f"{what}: other managers own {fields}; take_over in the policy would take them"
            )
            return Refused("apply/conflict", message)
        case 409:
            return Refused("apply/moved", told, temporary=True)
        case 401 | 403:
            code = "apply/quota" if "exceeded quota" in error.message else "apply/forbidden"
            return Refused(code, told)
        case 404:
            return Refused("apply/no-place", told)
        case 400 | 413 | 415 | 422:
            return Refused("apply/invalid", told)
        case 429:
            return Refused("apply/busy", told, temporary=True)
        case _:
            return Unknown(told)


def conflicting(body: Object) -> tuple[tuple[str, str], ...]:
    """The fields that other managers own, each with its manager; none where it is another conflict."""
    causes = listed(body, "details", "causes")
    found: list[tuple[str, str]] = []
    for one in causes:
        if text_of(one, "reason") == "FieldManagerConflict":
            manager = _MANAGER.search(text_of(one, "message"))
            name = manager["name"] if manager else "somebody"
            found.append((clean(text_of(one, "field"), 120), clean(name, 80)))
    return tuple(found)


def is_conflict_of_managers(error: ApiRefusal) -> bool:
    """Whether somebody else owns what is to be applied."""
    return error.status == 409 and bool(conflicting(error.body))


def _object(content: bytes) -> Object:
    try:
        found: Any = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return inside({"it": cast("object", found)}, "it")

"""Issues and people's acts on them as JSON and back; knows no table."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import Any

from tierline.ledger.acts import Act
from tierline.ledger.model import Deed, Issue, IssueState, Mark


def issue_body(issue: Issue) -> str:
    """What `read_issue` reads."""
    return json.dumps(asdict(issue))


def read_issue(body: str) -> Issue:
    """The issue of a row. ValueError, TypeError or KeyError for a damaged one."""
    return _issue(json.loads(body))


def act_body(act: Act) -> str:
    """What `read_act` reads; the id is the row's."""
    return json.dumps(asdict(act))


def read_act(act_id: int, body: str) -> Act:
    """The act of a row, with the row's id. ValueError, TypeError or KeyError for a damaged one."""
    fields = json.loads(body)
    fields["deed"] = Deed(fields["deed"])
    if fields["issue"] is not None:
        fields["issue"] = _issue(fields["issue"])
    return replace(Act(**fields), act_id=act_id)


def _issue(fields: dict[str, Any]) -> Issue:
    fields["state"] = IssueState(fields["state"])
    fields["services"] = tuple(fields.get("services", ()))
    fields["history"] = tuple(map(_mark, fields.get("history", ())))
    return Issue(**fields)


def _mark(fields: dict[str, Any]) -> Mark:
    fields["deed"] = Deed(fields["deed"])
    return Mark(**fields)

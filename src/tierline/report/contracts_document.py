"""What changed in contracts as one JSON document, as `schemas/contracts-1.json` describes it."""

from __future__ import annotations

import json
from collections.abc import Mapping

from tierline.contracts.change import Change, Spot
from tierline.facts.reference import Reference
from tierline.readiness.breaking import Compared, verdict_of

SCHEMA = "tierline/contracts/1"


def contracts_json(reference: Reference, found: tuple[Compared, ...]) -> str:
    """The document, indented, in ASCII, one line feed."""
    return json.dumps(contracts_document(reference, found), indent=2) + "\n"


def contracts_document(reference: Reference, found: tuple[Compared, ...]) -> Mapping[str, object]:
    """The document as plain values, contracts by path and changes in the order of the new file."""
    return {
        "schema": SCHEMA,
        "decision": str(verdict_of(found)),
        "reference": {
            "name": reference.name,
            "commit": reference.commit,
            "how": reference.how,
        },
        "contracts": [_contract(one) for one in found],
    }


def _contract(one: Compared) -> Mapping[str, object]:
    return {
        "kind": str(one.file.kind),
        "path": one.file.shown,
        "asked": one.asked,
        "providers": list(one.providers),
        "users": list(one.users),
        "changes": [_change(change) for change in one.changes],
    }


def _change(change: Change) -> Mapping[str, object]:
    return {
        "rule": change.rule,
        "subject": change.subject,
        "message": change.message,
        "breaks": sorted(map(str, change.breaks)),
        "unknown": sorted(map(str, change.unknown)),
        "old": _spot(change.old),
        "new": _spot(change.new),
    }


def _spot(spot: Spot | None) -> Mapping[str, object] | None:
    if spot is None:
        return None
    place = spot.place
    return {
        "pointer": spot.pointer,
        "path": place.path,
        "line": place.line,
        "column": place.column,
    }

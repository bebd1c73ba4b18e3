"""What runs in an environment, as a table and as a document; knows no target."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from tierline.facts.observation import Instance
from tierline.report.layout import table
from tierline.report.style import clean
from tierline.rollout.state import State

SCHEMA = "tierline/status/1"


@dataclass(frozen=True, slots=True)
class Running:
    """An instance of a service, and how the service's health was answered just now."""

    service_id: str
    instance: Instance
    health: str


def status_text(environment: str, state: State | None, running: Sequence[Running]) -> str:
    """The newest rollout in a line, then a row an instance."""
    lines = [_headline(environment, state), ""]
    if not running:
        return "\n".join([*lines, "nothing runs"]) + "\n"
    rows = [("service", "workload", "phase", "health", "revision", "address", "note")]
    rows += [_row(one) for one in running]
    return "\n".join([*lines, *table(rows)]) + "\n"


def status_json(environment: str, state: State | None, running: Sequence[Running]) -> str:
    """The same as one document."""
    document = {
        "schema": SCHEMA,
        "environment": environment,
        "rollout_id": state.rollout if state else None,
        "state": str(state.status) if state else None,
        "reason": state.reason if state else "",
        "instances": [
            {
                "service_id": one.service_id,
                "instance": one.instance.id,
                "workload": one.instance.workload,
                "phase": str(one.instance.phase),
                "health": one.health,
                "revision": one.instance.revision,
                "addresses": dict(one.instance.addresses),
                "exit_code": one.instance.exit_code,
                "reason": clean(one.instance.reason),
            }
            for one in running
        ],
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def _headline(environment: str, state: State | None) -> str:
    if state is None:
        return f"{environment}: nothing was rolled out yet"
    reason = f": {clean(state.reason)}" if state.reason else ""
    return f"{environment}: {state.rollout} is {state.status}{reason}"


def _row(one: Running) -> tuple[str, ...]:
    instance = one.instance
    exited = "" if instance.exit_code is None else f"exit {instance.exit_code} "
    return (
        one.service_id,
        instance.workload,
        str(instance.phase),
        one.health or "-",
        instance.revision[:12],
        next(iter(instance.addresses.values()), "-"),
        clean(exited + instance.reason),
    )

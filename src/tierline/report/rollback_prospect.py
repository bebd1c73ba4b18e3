"""What a rollback would do, as text, Markdown and JSON; nothing was done yet."""

from __future__ import annotations

import json
from dataclasses import asdict

from tierline.report.layout import section, wrapped
from tierline.report.markdown import markdown
from tierline.report.rollback import options
from tierline.report.style import clean
from tierline.rollout.events import BackStep, RollbackDecided
from tierline.rollout.state import State

SCHEMA = "tierline/rollback/1"


def to_text(state: State, decided: RollbackDecided, columns: int = 80) -> str:
    """For people: the answer first, then order and reasons, or what is in the way."""
    lines = [
        *wrapped(_headline(state, decided), columns),
        *section("Would go back, in this order", _steps(decided, columns)),
        *section("In the way", _refusals(decided, columns)),
        *section("Besides", [li for r in decided.remarks for li in wrapped(r, columns, "  ")]),
    ]
    return "\n".join(lines) + "\n"


def to_markdown(state: State, decided: RollbackDecided) -> str:
    """The same for a page."""
    lines = [f"**{markdown(_headline(state, decided))}**", ""]
    lines += [
        f"{one.group + 1}. {markdown(one.service_id)}: {markdown(_where(one))}; "
        f"{markdown(one.because)}"
        for one in decided.steps
        if not decided.refusals
    ]
    for one in decided.refusals:
        lines += [f"- `{one.code}`: {' → '.join(markdown(link) for link in one.chain)}"]
    lines += [f"- {markdown(one)}" for one in decided.remarks]
    return "\n".join(lines) + "\n"


def to_json(state: State, decided: RollbackDecided) -> str:
    """One document, as `schemas/rollback-1.json` describes it."""
    document = {
        "schema": SCHEMA,
        "environment": state.plan.environment,
        "rollout_id": state.rollout,
        "possible": not decided.refusals,
        "failed": list(decided.failed),
        "steps": [_step(one) for one in decided.steps],
        "refusals": [asdict(one) for one in decided.refusals],
        "remarks": list(decided.remarks),
    }
    return json.dumps(document, indent=2) + "\n"


def _step(one: BackStep) -> dict[str, object]:
    return {
        "service_id": one.service_id,
        "revision": one.revision,
        "group": one.group,
        "because": one.because,
    }


def _headline(state: State, decided: RollbackDecided) -> str:
    blamed = ", ".join(decided.failed[:5]) or "nothing"
    more = f" and {len(decided.failed) - 5} more" if len(decided.failed) > 5 else ""
    if decided.refusals:
        return f"{state.rollout}: no safe rollback because of {blamed}{more}; nothing was changed"
    number = len(decided.steps)
    verb = "service would go back" if number == 1 else "services would go back"
    return f"{state.rollout}: {number} {verb} because of {blamed}{more}; nothing was changed"


def _where(one: BackStep) -> str:
    return "stop, it did not run before" if one.revision == "absent" else one.revision[:12]


def _steps(decided: RollbackDecided, columns: int) -> list[str]:
    if decided.refusals:
        return []
    return [
        line
        for one in decided.steps
        for line in wrapped(
            f"{one.group + 1}. {clean(one.service_id)} to {_where(one)}: {one.because}",
            columns,
            "  ",
            "     ",
        )
    ]


def _refusals(decided: RollbackDecided, columns: int) -> list[str]:
    lines: list[str] = []
    for one in decided.refusals:
        first, *rest = one.chain
        lines += wrapped(f"[{one.code}] {first}", columns, "  ", "      ")
        lines += [li for link in rest for li in wrapped(f"-> {link}", columns, "    ", "       ")]
    if lines:
        lines += wrapped(f"what is left: {'; '.join(options())}", columns, "  ", "      ")
    return lines

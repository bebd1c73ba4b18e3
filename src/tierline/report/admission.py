"""Why a rollout was let begin: whose approvals, or who passed which gates; knows no signature."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping

from tierline.plan.approval_document import read_payload
from tierline.report.layout import wrapped
from tierline.report.model import Approved, BreakGlass, Report
from tierline.report.style import code, markdown
from tierline.report.times import stamp
from tierline.rollout.state import State


def break_glass_of(state: State | None) -> BreakGlass | None:
    """Who passed gates for a rollout; None where nobody had to."""
    if state is None or not state.requested.break_glass:
        return None
    asked = state.requested
    return BreakGlass(asked.requested_by, asked.break_glass, asked.passed)


def approvals_of(state: State | None) -> tuple[Approved, ...]:
    """The approvals that the journal holds of a rollout; they were found genuine as it began."""
    documents = state.requested.approvals if state else ()
    said = (read_payload(base64.b64decode(json.loads(one)["payload"])) for one in documents)
    return tuple(Approved(one.approver, one.key, one.at) for one in said)


def admission_document(report: Report) -> Mapping[str, object]:
    """The properties `approved_by` and `break_glass` of a report."""
    return {
        "approved_by": [
            {"approver": one.approver, "key": one.key, "at": stamp(one.at)}
            for one in report.approved_by
        ],
        "break_glass": break_glass_document(report.break_glass),
    }


def break_glass_document(found: BreakGlass | None) -> Mapping[str, object] | None:
    """Who, why, what; null where no gate was passed."""
    if found is None:
        return None
    return {"by": found.by, "reason": found.reason, "passed": list(found.passed)}


def admission_text(report: Report, columns: int, indent: str) -> list[str]:
    """The lines below a report's headline; none for a rollout that nobody had to consent to."""
    lines = [
        line
        for one in report.approved_by
        for line in wrapped(f"approved by {one.approver} on {_minute(one)}", columns, indent)
    ]
    found = report.break_glass
    if found is not None:
        lines += wrapped(f"BREAK-GLASS by {found.by}: {found.reason}", columns, indent)
        for passed in found.passed:
            lines += wrapped(f"passed {passed}", columns, f"{indent}  ", f"{indent}    ")
    return lines


def admission_markdown(report: Report) -> list[str]:
    """The same as Markdown blocks."""
    blocks = [
        f"Approved by {markdown(one.approver)} on {_minute(one)}." for one in report.approved_by
    ]
    found = report.break_glass
    if found is not None:
        blocks.append(f"**BREAK-GLASS** by {markdown(found.by)}: {markdown(found.reason)}")
        blocks.append("\n".join(f"- passed {code(one)}" for one in found.passed))
    return blocks


def _minute(one: Approved) -> str:
    return f"{(stamp(one.at) or '')[:16].replace('T', ' ')} UTC"

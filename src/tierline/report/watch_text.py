"""A watch as text and as Markdown: the decision first; knows no colours."""

from __future__ import annotations

from tierline.facts.decision import Decision
from tierline.report.asked import unasked
from tierline.report.issues import issue_lines
from tierline.report.layout import section, wrapped
from tierline.report.style import clean, code, markdown
from tierline.report.watching import WatchReport, about, headline, spell_reason, spell_words


def watch_text(report: WatchReport, columns: int = 80) -> str:
    """The whole report, ending with a line feed; lines are wrapped at `columns`."""
    decision = str(report.decision)
    indent = " " * (len(decision) + 2)
    ill = [one for one in report.services if one.decision is not Decision.GO and one.reason]
    lines = [
        *wrapped(headline(report), columns, f"{decision}  "),
        *wrapped(f"{about(report)}, plan {report.plan_digest[:12]}", columns, indent),
        *(wrapped(said, columns, indent) if (said := unasked(report.evidence)) else []),
        *section(
            "Not GO",
            [
                line
                for one in ill
                for line in wrapped(
                    f"{one.service_id} {one.state}: {one.reason} [{one.code}]",
                    columns,
                    f"  {one.decision!s:<5}  ",
                )
            ],
        ),
        *section("Degraded", _degraded(report, columns)),
        *section(
            "Unresolved, with what to do next",
            [line for one in report.issues for line in issue_lines(one, columns, told=True)],
        ),
        *section(
            "Go on with",
            [
                line
                for one in report.follow_up
                for line in (f"  {clean(one.command)}", *wrapped(one.purpose, columns, "      "))
            ],
        ),
    ]
    return "\n".join(lines) + "\n"


def _degraded(report: WatchReport, columns: int) -> list[str]:
    told = {(one.service_id, one.reason) for one in report.services}
    lines: list[str] = []
    for one in report.degradations:
        reason = spell_reason(one)
        above = (one.service_id, reason) in told
        lines += wrapped(f"{one.service_id}  {spell_words(report, one)}", columns, "  ", "      ")
        lines += wrapped("as above" if above else f"{reason} [{one.code}]", columns, "      ")
    return lines


def watch_markdown(report: WatchReport) -> str:
    """The same as Markdown; foreign text cannot become markup."""
    what = about(report)
    blocks = [
        f"# {report.decision}: {markdown(headline(report))}",
        f"{markdown(what[:1].upper() + what[1:])}, plan {code(report.plan_digest[:12])}.",
        *([f"**Note**: {said}."] if (said := unasked(report.evidence)) else []),
    ]
    ill = [one for one in report.services if one.decision is not Decision.GO and one.reason]
    if ill:
        rows = (
            f"| {markdown(one.service_id)} | {one.decision} | {one.state} | "
            f"{markdown(one.reason)} ({code(one.code)}) |"
            for one in ill
        )
        head = ("| service | decision | state | reason |", "| --- | --- | --- | --- |")
        blocks += ["## Not GO", "\n".join((*head, *rows))]
    if report.degradations:
        rows = (
            f"| {markdown(one.service_id)} | {markdown(spell_words(report, one))} | "
            f"{markdown(spell_reason(one))} ({code(one.code)}) |"
            for one in report.degradations
        )
        head = ("| service | when | what |", "| --- | --- | --- |")
        blocks += ["## Degraded", "\n".join((*head, *rows))]
    if report.follow_up:
        steps = (f"- {code(one.command)}: {one.purpose}" for one in report.follow_up)
        blocks += ["## Go on with", "\n".join(steps)]
    return "\n\n".join(blocks) + "\n"

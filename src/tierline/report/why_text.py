"""Why a service stands where it stands, as text and as Markdown; knows no colours."""

from __future__ import annotations

from tierline.facts.instant import Instant
from tierline.ledger.words import short
from tierline.report.layout import section, wrapped
from tierline.report.style import clean, code, markdown
from tierline.report.times import day_and_time, span
from tierline.report.why import Judgement, Why
from tierline.report.why_back import RULE, Retreat
from tierline.verification.model import Expectation


def why_text(one: Why, columns: int = 80) -> str:
    """The whole story, ending with a line feed; lines are wrapped at `columns`."""
    lines = [
        *wrapped(headline(one), columns, f"{one.decision}  "),
        *_meaning(one, columns),
        *section("Waits for", _waits(one, columns)),
        *section("Last judgement", _judgement(one.judgement, columns)),
        *section("Rollback", _retreat(one.retreat, columns)),
        *section("History, since the rollout was requested", _history(one, columns)),
    ]
    return "\n".join(lines) + "\n"


def headline(one: Why) -> str:
    """Where it stands and since when."""
    outside = "" if one.planned else ", an owner outside the plan,"
    since = f"{day_and_time(one.since)} ({_after(one, one.since)})"
    return f"{one.service_id}{outside} is {one.state} in {one.rollout_id} since {since}"


def _after(one: Why, at: Instant) -> str:
    return f"+{span(at - one.requested_at)}"


def _meaning(one: Why, columns: int) -> list[str]:
    lines: list[str] = []
    if one.reason:
        lines += wrapped(one.reason + (f" [{one.code}]" if one.code else ""), columns, "  ")
    meaning = one.meaning
    if meaning is not None:
        lines += wrapped(f"{meaning.title}. {meaning.why}".rstrip(), columns, "  means  ")
        fix = meaning.fix.replace("SERVICE", short(one.service_id))
        lines += wrapped(fix, columns, "  fix    ") if fix else []
    return lines


def _waits(one: Why, columns: int) -> list[str]:
    lines = [
        line
        for each in one.blocked_by
        for line in wrapped(f"{each.kind} {each.by}: {each.message}", columns, "  ", "      ")
    ]
    for each in one.chain:
        told = f": {each.reason}" if each.reason else ""
        note = f" [{each.code}]" if each.code else ""
        lines += wrapped(f"-> {each.service_id} {each.state}{told}{note}", columns, "  ", "      ")
    return lines


def _judgement(one: Judgement | None, columns: int) -> list[str]:
    if one is None:
        return ["  it was never judged"]
    said = f"{one.verdict}" + (f": {one.message} [{one.code}]" if one.code else "")
    lines = wrapped(said, columns, "  ", "      ")
    lines += wrapped(replayed(one), columns, "  ", "      ")
    for each in one.conditions:
        lines += wrapped(each.message, columns, f"    {each.status!s:<7}  {each.name:<12}  ")
    if one.facts:
        lines += ["  on these facts, with their age then"]
    for each in one.facts:
        value = f"{each.what}: {each.value}"
        lines += wrapped(value, columns, f"    {span(each.age):>9}  ")
    if one.expectation is not None:
        lines += ["  by this rule"]
        for what in rule(one.expectation):
            lines += wrapped(what, columns, "    ", "      ")
    return lines


def _retreat(one: Retreat | None, columns: int) -> list[str]:
    if one is None:
        return []
    lines = wrapped(one.said, columns, "  ", "      ")
    lines += wrapped(f"this service {one.part}", columns, "  ", "      ")
    lines += wrapped(decided_again(one), columns, "  ", "      ")
    lines += ["  on these facts"]
    lines += [line for each in one.facts for line in wrapped(each, columns, "    ", "      ")]
    lines += ["  by this rule"]
    lines += [line for each in RULE for line in wrapped(each, columns, "    ", "      ")]
    return lines


def decided_again(one: Retreat) -> str:
    """Whether the journal leads to the same decision once more."""
    return (
        f"decided again from the journal, it is {'the same' if one.same else 'another: a defect'}"
    )


def replayed(one: Judgement) -> str:
    """Whether the record says the same when it is judged again."""
    if one.same is None:
        return f"cannot be judged again: {one.trouble}"
    same = "says the same" if one.same else "says something else: see the conditions below"
    return f"judged again from the record, it {same}"


def rule(one: Expectation) -> list[str]:
    """What was demanded, a sentence each."""
    limits = one.limits
    told = [
        f"revision {one.revision[:12]}" if one.revision else "any revision, the same everywhere",
        f"workloads {', '.join(one.workloads)}",
    ]
    told += [f"reaches {', '.join(one.owners)}"] if one.owners else []
    asked = [f"{kind} {demand}" for kind, demand in one.signals.items()]
    told += [f"telemetry: {', '.join(asked)}"] if asked else []
    if one.status_only:
        told.append("by the cluster's word on its pods alone; nobody asks the service")
    elif one.serves_http:
        told.append(
            f"failed requests: {limits.good_share:.1%} is good, {limits.bad_share:.1%} is bad, "
            f"wrong in {limits.alpha:.1%} and {limits.beta:.1%}, at most {limits.requests} requests"
        )
    if one.fresh is None:
        told.append(f"within {span(limits.verify_seconds)} of being accepted")
    else:
        told.append(
            f"again and again while it is watched; health at most {span(one.fresh.health)} old"
        )
    return told


def _history(one: Why, columns: int) -> list[str]:
    lines: list[str] = []
    for each in one.history:
        became = f" -> {each.state}" if each.state else ""
        told = wrapped(each.words + became, columns, f"  {_after(one, each.at):>13}  ")
        lines += told
    return lines


def why_markdown(one: Why) -> str:
    """The same as Markdown; foreign text cannot become markup."""
    blocks = [f"# {one.decision}: {markdown(headline(one))}"]
    if one.reason:
        blocks.append(markdown(one.reason) + (f" ({code(one.code)})" if one.code else ""))
    if one.meaning is not None:
        fix = one.meaning.fix.replace("SERVICE", short(one.service_id))
        blocks.append(markdown(f"{one.meaning.title}. {one.meaning.why} {fix}".strip()))
    waits = [f"- {markdown(f'{each.kind} {each.by}: {each.message}')}" for each in one.blocked_by]
    waits += [f"- {markdown(f'{e.service_id} {e.state}: {e.reason}')}" for e in one.chain]
    if waits:
        blocks += ["## Waits for", "\n".join(waits)]
    if one.judgement is not None:
        blocks += ["## Last judgement", *_judged(one.judgement)]
    if one.retreat is not None:
        back = one.retreat
        said = f"{back.said}. This service {back.part}. {decided_again(back).capitalize()}."
        facts = "\n".join(f"- {markdown(each)}" for each in (*back.facts, *RULE))
        blocks += ["## Rollback", markdown(said), facts]
    head = ["| when | what | state |", "| --- | --- | --- |"]
    rows = [
        f"| {_after(one, each.at)} | {markdown(each.words)} | {each.state} |"
        for each in one.history
    ]
    blocks += ["## History", "\n".join(head + rows)]
    return "\n\n".join(blocks) + "\n"


def _judged(one: Judgement) -> list[str]:
    said = f"**{one.verdict}**" + (f": {markdown(one.message)}" if one.message else "")
    blocks = [f"{said} {markdown(replayed(one))}."]
    if one.conditions:
        head = ["| condition | status | what |", "| --- | --- | --- |"]
        rows = [
            f"| {each.name} | {each.status} | {markdown(each.message)} ({code(each.code)}) |"
            for each in one.conditions
        ]
        blocks.append("\n".join(head + rows))
    if one.facts:
        head = ["| fact | value | instance | age |", "| --- | --- | --- | --- |"]
        rows = [
            f"| {markdown(each.what)} | {markdown(each.value)} | {code(clean(each.instance))} "
            f"| {span(each.age)} |"
            for each in one.facts
        ]
        blocks.append("\n".join(head + rows))
    if one.expectation is not None:
        blocks.append("\n".join(f"- {markdown(each)}" for each in rule(one.expectation)))
    return blocks

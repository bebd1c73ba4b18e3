"""What a release would change of a cluster's objects, as text and as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tierline.facts.difference import Change, Comparison, FieldChange, ObjectChange, ServiceChange
from tierline.report.layout import wrapped
from tierline.report.style import code, markdown

SIGNS = {
    Change.CREATE: "+",
    Change.CHANGE: "~",
    Change.REPLACE: "±",
    Change.REMOVE: "-",
    Change.REFUSED: "!",
    Change.SAME: "=",
}
_WORDS = {
    Change.CREATE: "created",
    Change.CHANGE: "changed",
    Change.REPLACE: "replaced",
    Change.REMOVE: "removed",
    Change.REFUSED: "refused",
}
_MOST = 20


def removals_text(found: Mapping[str, tuple[ObjectChange, ...]], place: str) -> str:
    """What would be removed of each service, a line an object, at most twenty of them."""
    lines = [f"  {name}: {one.kind} {one.name}" for name in sorted(found) for one in found[name]]
    more = [f"  and {len(lines) - _MOST} more: tierline diff"] if len(lines) > _MOST else []
    head = f"would remove from {place}, since the release no longer has it:"
    return "\n".join([head, *lines[:_MOST], *more])


def headline(found: Comparison) -> str:
    """What it comes to, in one sentence."""
    changed = sum(one.changes for one in found.services)
    said = [f"{changed} of {len(found.services)} services would change in {found.place}"]
    refused = sum(bool(one.counts.get(Change.REFUSED)) for one in found.services)
    unknown = sum(bool(one.hindrances) for one in found.services)
    if refused:
        said.append(f"{refused} would be refused")
    if unknown:
        said.append(f"{unknown} cannot be told")
    if found.orphans:
        said.append(f"{len(found.orphans)} orphans")
    return "; ".join(said)


def diff_text(found: Comparison, width: int = 80) -> str:
    """A block for each service that would change, orphans, and one sentence."""
    lines: list[str] = []
    for service in found.services:
        lines += _service(service, width)
    if found.orphans:
        lines += ["orphans: of no service that the mesh declares"]
        lines += [f"  {one.kind} {one.name}  ({one.service_id})" for one in found.orphans]
        lines.append("")
    if found.loose:
        told = f"of no service, so not applied: {', '.join(found.loose)}"
        lines += [*wrapped(told, width), ""]
    return "\n".join([*lines, *wrapped(headline(found), width)]) + "\n"


def _service(service: ServiceChange, width: int) -> Iterator[str]:
    if not service.changes and not service.hindrances:
        yield from (f"{service.service_id}: nothing changes", "")
        return
    yield f"{service.service_id}: {counted(service) or service.decision}"
    for one in service.hindrances:
        yield from wrapped(f"{one.message} ({one.code})", width, "  ? ", "    ")
    for one in service.objects:
        if one.change is not Change.SAME:
            yield f"  {SIGNS[one.change]} {one.kind} {one.name}"
            yield from _object(one, width)
    yield ""


def _object(one: ObjectChange, width: int) -> Iterator[str]:
    if one.reason:
        yield from wrapped(f"{one.reason} ({one.code})", width, "      ")
    for field in one.fields[:_MOST]:
        yield from wrapped(f"{field.path}: {_became(field)}", width, "      ", "        ")
    if len(one.fields) > _MOST:
        yield f"      and {len(one.fields) - _MOST} fields more (--format json)"


def counted(service: ServiceChange) -> str:
    """`1 created, 2 changed`; "" where nothing is."""
    counts = service.counts
    return ", ".join(
        f"{counts[change]} {word}" for change, word in _WORDS.items() if counts[change]
    )


def _became(field: FieldChange) -> str:
    if not field.before:
        return f"{field.after} is new"
    return f"{field.before} -> {field.after}" if field.after else f"{field.before} goes"


def diff_markdown(found: Comparison) -> str:
    """A table a service."""
    lines = [f"# {found.environment}: {found.decision}", "", markdown(headline(found)), ""]
    for service in found.services:
        if not service.changes and not service.hindrances:
            continue
        lines += [f"## {markdown(service.service_id)}", ""]
        lines += [f"- {markdown(one.message)} ({code(one.code)})" for one in service.hindrances]
        lines += ["| | object | field | before | after |", "|---|---|---|---|---|"]
        for one in service.objects:
            lines += _rows(one)
        lines.append("")
    lines += [
        f"- orphan: {one.kind} {code(one.name)} of {markdown(one.service_id)}"
        for one in found.orphans
    ]
    return "\n".join(lines) + "\n"


def _rows(one: ObjectChange) -> Iterator[str]:
    head = f"| {_WORDS.get(one.change, '')} | {one.kind} {code(one.name)} |"
    if one.change is Change.SAME:
        return
    if one.reason:
        yield f"{head} {markdown(one.reason)} | | |"
    elif not one.fields:
        yield f"{head} | | |"
    for field in one.fields[:_MOST]:
        before, after = (code(text) if text else "" for text in (field.before, field.after))
        yield f"{head} {code(field.path)} | {before} | {after} |"

"""Readiness as text that people read: the decision, the batches in order, then why not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from tierline.facts.decision import Decision
from tierline.facts.reference import told
from tierline.readiness.model import Readiness, Reason, ServiceReadiness
from tierline.report.layout import section, table, wrapped
from tierline.report.names import short_names
from tierline.report.style import clean

_WORST_FIRST = (Decision.NO_GO, Decision.HOLD, Decision.GO)
_REASONS = 5
"""reasons of one service that are shown in full"""
_NARROWEST = 40


def ready_text(readiness: Readiness, width: int = 80, most: int = 50) -> str:
    """The whole of it in at most `width` columns; of `most` services why not, worst first."""
    width = max(width, _NARROWEST)
    blocked = [one for one in readiness.services.values() if one.decision is not Decision.GO]
    blocked.sort(key=lambda one: (_WORST_FIRST.index(one.decision), len(one.chain)))
    lines = [
        *wrapped(_headline(readiness), width),
        "",
        *_batches(readiness, width),
        *section("Against the release as a whole", _release(readiness.release_reasons, width)),
    ]
    for one in blocked[:most]:
        lines += ["", *_service(one, width)]
    if len(blocked) > most:
        more = len(blocked) - most
        verb = "is" if more == 1 else "are"
        lines += ["", f"and {more} more that {verb} not GO; --format json has them all"]
    lines += _worth_knowing(readiness)
    if readiness.reference:
        lines += ["", *wrapped(told(readiness.reference), width)]
    return "\n".join(lines) + "\n"


def _headline(readiness: Readiness) -> str:
    counted = Counter(one.decision for one in readiness.services.values())
    counts = ", ".join(f"{counted[one]} {one}" for one in Decision if counted[one])
    services = readiness.services.values()
    told = (*readiness.release_reasons, *(reason for one in services for reason in one.reasons))
    waived = sum(reason.waived for reason in told)
    said = " with waivers" if waived and readiness.decision is Decision.GO else ""
    counts += f"; waived findings: {waived}" if waived else ""
    where = clean(readiness.environment)
    return f"Readiness for {where}: {readiness.decision}{said}; services: {counts}"


def _batches(readiness: Readiness, width: int) -> list[str]:
    names = short_names(readiness.services)
    wide = max((len(clean(batch.id)) for batch in readiness.batches), default=0)
    lines: list[str] = []
    for batch in readiness.batches:
        listed = (_marked(names[name], readiness.services[name]) for name in batch.services)
        first = f"  {clean(batch.id):<{wide}}  {batch.decision!s:<5}  "
        lines += wrapped(", ".join(listed), width, first)
    return lines


def _marked(name: str, one: ServiceReadiness) -> str:
    return name if one.decision is Decision.GO else f"{name} {one.decision}"


def _release(reasons: Sequence[Reason], width: int) -> list[str]:
    """Reasons that count, in full."""
    lines: list[str] = []
    for reason in filter(_counts, reasons):
        lines += wrapped(f"{reason.code}: {reason.message}", width, "  ", "    ")
    return lines


def _counts(reason: Reason) -> bool:
    return reason.decision is not Decision.GO


def _service(one: ServiceReadiness, width: int) -> Iterator[str]:
    """What counts against a service; what is only worth knowing is counted with that of others."""
    yield f"{clean(one.service_id)}: {one.decision}"
    if len(one.chain) > 1:
        yield from wrapped(f"waits for {' -> '.join(one.chain[1:])}", width, "  ", "    ")
    counting = [reason for reason in one.reasons if _counts(reason)]
    for reason in counting[:_REASONS]:
        yield from wrapped(f"{reason.code}: {reason.message}", width, "  ", "    ")
    if len(counting) > _REASONS:
        short = clean(one.service_id.partition("-")[0])
        yield f"  and {len(counting) - _REASONS} more: tierline check {short}"


def _worth_knowing(readiness: Readiness) -> list[str]:
    """What was found and holds nothing, counted by code."""
    found = [reason for one in readiness.services.values() for reason in one.reasons]
    found += readiness.release_reasons
    counted = Counter(reason.code for reason in found if not _counts(reason))
    rows = [[str(count), code] for code, count in counted.most_common()]
    return section("Worth knowing, and no hindrance", table(rows, right={0}))

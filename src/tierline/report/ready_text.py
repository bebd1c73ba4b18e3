"""Readiness as text that people read: the decision, the batches in order, then why not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from tierline.facts.decision import Decision
from tierline.readiness.codes import NOT_JUDGED
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
        *section("The release as a whole", _release(readiness.release_reasons, width)),
    ]
    for one in blocked[:most]:
        lines += ["", *_service(one, width)]
    if len(blocked) > most:
        more = len(blocked) - most
        verb = "is" if more == 1 else "are"
        lines += ["", f"and {more} more that {verb} not GO; --format json has them all"]
    lines += _worth_knowing(readiness)
    return "\n".join(lines) + "\n"


def _headline(readiness: Readiness) -> str:
    counted = Counter(one.decision for one in readiness.services.values())
    counts = ", ".join(f"{counted[one]} {one}" for one in Decision if counted[one])
    return f"Readiness for {clean(readiness.environment)}: {readiness.decision}; services: {counts}"


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
    """Reasons in full; gates that this version does not have are named on one line."""
    lines: list[str] = []
    unjudged = [reason for reason in reasons if reason.code.endswith(f"/{NOT_JUDGED}")]
    for reason in reasons:
        if reason not in unjudged:
            lines += wrapped(f"{reason.code}: {reason.message}", width, "  ", "    ")
    if unjudged:
        names = ", ".join(reason.code.partition("/")[0] for reason in unjudged)
        lines += wrapped(f"not judged: {names}", width, "  ", "    ")
    return lines


def _service(one: ServiceReadiness, width: int) -> Iterator[str]:
    yield f"{clean(one.service_id)}: {one.decision}"
    if len(one.chain) > 1:
        yield from wrapped(f"waits for {' -> '.join(one.chain[1:])}", width, "  ", "    ")
    for reason in one.reasons[:_REASONS]:
        yield from wrapped(f"{reason.code}: {reason.message}", width, "  ", "    ")
    if len(one.reasons) > _REASONS:
        yield f"  and {len(one.reasons) - _REASONS} more: tierline check"


def _worth_knowing(readiness: Readiness) -> list[str]:
    """What was found of services that are GO all the same, counted by code."""
    services: Iterable[ServiceReadiness] = readiness.services.values()
    go = (one for one in services if one.decision is Decision.GO)
    counted = Counter(reason.code for one in go for reason in one.reasons)
    rows = [[str(count), code] for code, count in counted.most_common()]
    return section("Worth knowing, of services that are GO", table(rows, right={0}))

"""Reads `docs/dependency-load-order.md`; does not judge whether what it says is so."""

from __future__ import annotations

from dataclasses import dataclass, field

from tierline.mesh.clean import clean
from tierline.mesh.defect import Defect, Place
from tierline.mesh.model import LoadOrder
from tierline.mesh.names import is_service_id
from tierline.mesh.source import Source
from tierline.mesh.text import TextLimits, decode
from tierline.regex import regex

PATH = "docs/dependency-load-order.md"
SIZE = 32 * 1024 * 1024
"""bytes: it lists every service several times"""

_FIX = "generate it again: tierline index generate"
_SECTIONS = {
    "## Summary": "summary",
    "## DBR Topological Levels": "levels",
    "## Startup Tiers": "tiers",
    "## DBR Matrix (Microservice -> Microservice)": "matrix",
    "## Boundary Rule": "rule",
}
_TITLE = "# Mesh Dependency Load Order"
_COUNT = regex(r"- (Total microservices|DBR cycles detected): ([0-9]{1,9})")
_LEVEL = regex(r"### Level ([0-9]{1,6})")
_BULLET = regex(r"- (\S+)")
_TIER = regex(r"- tier([0-9]{1,3}) \(([^()]*)\):(?: (.*))?")
_ROW = regex(r"\| ([^|]+) \| ([^|]*) \| ([0-9]{1,9}) \|")
_TABLE_HEAD = ("| Service | DBR Dependencies (microservice only) | Count |", "|---|---|---:|")


@dataclass(slots=True)
class _Reading:
    source: Source
    section: str = ""
    total: int | None = None
    cycles: int | None = None
    levels: list[list[str]] = field(default_factory=list[list[str]])
    tiers: list[tuple[str, ...]] = field(default_factory=list[tuple[str, ...]])
    matrix: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    places: dict[str, Place] = field(default_factory=dict[str, Place])
    seen: set[str] = field(default_factory=set[str])


def parse_load_order(content: bytes, path: str) -> tuple[LoadOrder | None, tuple[Defect, ...]]:
    """What the document states. None where it cannot be read as text."""
    source = Source(path, "load-order")
    text = decode(content, source, TextLimits(SIZE))
    if text is None:
        return None, tuple(source.defects)
    reading = _Reading(source)
    for number, line in enumerate(text.split("\n"), 1):
        stripped = line.rstrip()
        if stripped:
            _line(reading, stripped, source.line(number))
    for title, section in _SECTIONS.items():
        if section not in reading.seen:
            source.defect("missing-section", f"no section `{title}`", None, _FIX)
    if "title" not in reading.seen:
        source.defect("missing-title", f"no title `{_TITLE}`", None, _FIX)
    order = LoadOrder(
        total=reading.total,
        cycles=reading.cycles,
        levels=tuple(tuple(level) for level in reading.levels),
        tiers=tuple(reading.tiers),
        matrix=reading.matrix,
        places=reading.places,
    )
    return order, tuple(source.defects)


def _line(reading: _Reading, line: str, place: Place) -> None:
    if line in _SECTIONS:
        reading.section = _SECTIONS[line]
        if reading.section in reading.seen:
            reading.source.defect("duplicate-section", f"`{line}` again", place, _FIX)
        reading.seen.add(reading.section)
    elif line == _TITLE:
        reading.seen.add("title")
    elif reading.section in _READERS and not _READERS[reading.section](reading, line, place):
        message = f"`{clean(line)}` is not a statement of this section"
        reading.source.defect("bad-line", message, place, _FIX)


def _summary(reading: _Reading, line: str, place: Place) -> bool:
    match = _COUNT.fullmatch(line)
    if match is None:
        return False
    if match[1].startswith("Total"):
        reading.total = int(match[2])
        reading.places["total"] = place
    else:
        reading.cycles = int(match[2])
        reading.places["cycles"] = place
    return True


def _levels(reading: _Reading, line: str, place: Place) -> bool:
    if (match := _LEVEL.fullmatch(line)) is not None:
        expected = len(reading.levels)
        if int(match[1]) != expected:
            message = f"level {match[1]} where level {expected} belongs"
            reading.source.defect("level-number", message, place, _FIX)
        reading.places[f"level:{expected}"] = place
        reading.levels.append([])
        return True
    match = _BULLET.fullmatch(line)
    if match is None or not reading.levels or not is_service_id(match[1]):
        return False
    if f"service:{match[1]}" in reading.places:
        message = f"{match[1]} stands in two levels"
        reading.source.defect("duplicate-service", message, place, _FIX)
    reading.places[f"service:{match[1]}"] = place
    reading.levels[-1].append(match[1])
    return True


def _tiers(reading: _Reading, line: str, place: Place) -> bool:
    match = _TIER.fullmatch(line)
    if match is None:
        return False
    expected = len(reading.tiers)
    if int(match[1]) != expected:
        message = f"tier{match[1]} where tier{expected} belongs"
        reading.source.defect("tier-number", message, place, _FIX)
    names = _names(match[3] or "")
    if names is None:
        return False
    reading.places[f"tier:{expected}"] = place
    reading.tiers.append(names)
    return True


def _matrix(reading: _Reading, line: str, place: Place) -> bool:
    if line in _TABLE_HEAD:
        return True
    match = _ROW.fullmatch(line)
    names = None if match is None else _names(match[2])
    if match is None or names is None or not is_service_id(match[1]):
        return False
    if match[1] in reading.matrix:
        message = f"{match[1]} has two rows"
        reading.source.defect("duplicate-service", message, place, _FIX)
        return True
    if len(names) != int(match[3]):
        message = f"{match[1]}: {len(names)} owners listed, count says {match[3]}"
        reading.source.defect("count", message, place, _FIX)
    reading.matrix[match[1]] = names
    reading.places[f"matrix:{match[1]}"] = place
    return True


def _names(text: str) -> tuple[str, ...] | None:
    """Service ids parted by commas; none for `none` and for nothing; None where one is no id."""
    if text.strip() in {"", "none"}:
        return ()
    names = tuple(name.strip() for name in text.split(","))
    return names if all(is_service_id(name) for name in names) else None


_READERS = {"summary": _summary, "levels": _levels, "tiers": _tiers, "matrix": _matrix}

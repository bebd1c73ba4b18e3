"""Waivers as TOML: reads a file of nothing else, with the place of each, and writes one.

Such a file is read by every command in a mesh that has a baseline, so pydantic is only asked for the
words where something is wrong.
"""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, cast

from tierline.facts.instant import Instant
from tierline.mesh.clean import clean
from tierline.mesh.defect import Defect, Place
from tierline.mesh.source import Source
from tierline.mesh.tomltext import read_toml
from tierline.policy.key_errors import KeyPath, dotted, error_words
from tierline.policy.model import Waiver
from tierline.regex import regex

if TYPE_CHECKING:
    from tierline.policy.document import WaiverTable

SIZE: Final = 8 * 1024 * 1024
"""bytes that a file of waivers may have"""
FINGERPRINT: Final = 20
"""hex digits that an entry of `findings` begins with"""

_FIX = "correct it; nothing of it counts until it has no error"
_CODE = regex(r"[a-z][a-z0-9-]*/[a-z0-9][a-z0-9-]*")
_LINE = regex(rf"[0-9a-f]{{{FINGERPRINT}}}( .*)?")
_WORDS = frozenset({"code", "service", "reason", "author"})
_KEYS = _WORDS | {"expires", "findings"}
_DAY_SECONDS = 86_400.0
_LONGEST = 400
_HEAD = """\
# Findings that were there before anybody looked: they count as warnings until they expire.
# `tierline check --baseline` writes this file and takes out what is mended; it is not kept by hand.
version = 1
"""


def parse_waivers(content: bytes, shown_path: str) -> tuple[tuple[Waiver, ...], tuple[Defect, ...]]:
    """The waivers of a file, or none and all its defects (gate `waivers`), in order of their places."""
    source = Source(shown_path, "waivers")
    read = read_toml(content, source, SIZE)
    if read is None:
        return (), tuple(source.defects)
    values, places = read
    found = _plain(values)
    if found is None:
        found, wrong = _validated(values)
        for path, message in wrong:
            at = places.of(*map(str, path))
            source.defect("value", f"{dotted(path)}: {message}", at, _FIX)
        if wrong:
            return (), tuple(sorted(source.defects, key=lambda defect: defect.place))
    return tuple(
        replace(one, place=places.of("waivers", str(number)) or Place(shown_path))
        for number, one in enumerate(found)
    ), ()


def waiver_of(table: WaiverTable) -> Waiver:
    """The value of a validated table; where it stands is added by who knows."""
    end = end_of(table.expires)
    lines = tuple(table.findings)
    named = (table.code, table.service, table.reason, table.author)
    return Waiver(*named, end, lines, issue=table.issue or "")


def end_of(expires: dt.datetime | dt.date) -> Instant:
    """The instant from which a waiver no longer counts."""
    if isinstance(expires, dt.datetime):
        return expires.timestamp()
    midnight = dt.datetime(expires.year, expires.month, expires.day, tzinfo=dt.UTC)
    return math.floor(midnight.timestamp()) + _DAY_SECONDS


def waivers_toml(waivers: Iterable[Waiver]) -> str:
    """A file of these waivers; an end that is no midnight is written as the instant that it is."""
    return _HEAD + "".join(map(_written, waivers))


def entry_of(fingerprint: str, words: str) -> str:
    """An entry of `findings`: the fingerprint counts, the words are for people."""
    return f"{fingerprint} {clean(words, _LONGEST - FINGERPRINT - 1)}"


def _written(waiver: Waiver) -> str:
    rows = [("code", waiver.code), ("service", waiver.service_id), ("reason", waiver.reason)]
    rows += [("author", waiver.author), ("issue", waiver.issue)]
    lines = ["", "[[waivers]]", *(f"{key} = {_text(value)}" for key, value in rows if value)]
    lines.append(f"expires = {_end(waiver.expires)}")
    if waiver.findings:
        entries = sorted(waiver.findings, key=lambda line: (line[FINGERPRINT:], line))
        lines += ["findings = [", *(f"  {_text(line)}," for line in entries), "]"]
    return "\n".join(lines) + "\n"


def _text(text: str) -> str:
    """A basic string; what is printable needs no escape but of quotes and backslashes."""
    return json.dumps(clean(text, 1000), ensure_ascii=False)


def _end(at: Instant) -> str:
    last = dt.datetime.fromtimestamp(at - _DAY_SECONDS, dt.UTC)
    if last.time() == dt.time():
        return last.date().isoformat()
    return dt.datetime.fromtimestamp(at, dt.UTC).isoformat()


def _plain(values: Mapping[str, object]) -> tuple[Waiver, ...] | None:
    """What plainly is right; None where that is not certain."""
    tables = values.get("waivers", [])
    version = values.get("version")
    sound = not values.keys() - {"version", "waivers"} and type(version) is int and version == 1
    if not sound or not isinstance(tables, list):
        return None
    found: list[Waiver] = []
    for table in cast("list[object]", tables):
        if not isinstance(table, dict) or (one := _one(cast("dict[str, Any]", table))) is None:
            return None
        found.append(one)
    return tuple(found)


def _one(table: Mapping[str, Any]) -> Waiver | None:
    expires, findings = table.get("expires"), table.get("findings", [])
    texts = [table.get(key, "x" if key == "service" else None) for key in sorted(_WORDS)]
    if table.keys() - _KEYS or not all(
        isinstance(one, str) and 0 < len(one) <= 1000 for one in texts
    ):
        return None
    if not isinstance(expires, dt.date) or (
        isinstance(expires, dt.datetime) and expires.tzinfo is None
    ):
        return None
    if not isinstance(findings, list) or not _CODE.fullmatch(table["code"]):
        return None
    lines = cast("list[object]", findings)
    if not all(
        isinstance(one, str) and len(one) <= _LONGEST and _LINE.fullmatch(one) for one in lines
    ):
        return None
    return Waiver(
        table["code"],
        table.get("service"),
        table["reason"],
        table["author"],
        end_of(expires),
        tuple(cast("list[str]", lines)),
    )


def _validated(
    values: Mapping[str, object],
) -> tuple[tuple[Waiver, ...], tuple[tuple[KeyPath, str], ...]]:
    from pydantic import ValidationError  # noqa: PLC0415 - slow to import, and rarely needed

    from tierline.policy.document import WaiversTable  # noqa: PLC0415 - it needs pydantic

    try:
        table = WaiversTable.model_validate(values)
    except ValidationError as error:
        return (), error_words(error)
    return tuple(map(waiver_of, table.waivers)), ()

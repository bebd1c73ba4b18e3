"""Reads JUnit reports of any tool, which nobody vouches for: bounded, without entities or doctype.

Says what a report counts; of which revision it is, it does not say.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import NoReturn
from xml.parsers import expat

from tierline.facts.instant import Instant
from tierline.facts.testing import Counts
from tierline.frozen import frozen
from tierline.mesh.clean import clean

LARGEST = 32 << 20
"""bytes of a report"""
MOST_ELEMENTS = 1_000_000
MOST_DEEP = 32
MOST_NAMED = 1000
_LONGEST_NAME = 300
_LONGEST_TEXT = 4000
_FAILED = frozenset({"failure", "error"})


class NoReport(Exception):  # noqa: N818 - a fact about a file, which whoever reads it words
    """What it is that makes a file no report, as words that follow `it`."""


@frozen
class Report:
    """`at` is the latest time that a suite in it names, None where none does; UTC unless it says."""

    counts: Counts
    passes: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()
    output: str = ""
    at: Instant | None = None


def read_junit(content: bytes) -> Report:
    """What a report says; NoReport for anything that is none, or is made to do harm."""
    if len(content) > LARGEST:
        raise NoReport(f"has {len(content)} bytes, at most {LARGEST}")
    reading = _Reading()
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.EntityDeclHandler = _refuse_doctype
    parser.ExternalEntityRefHandler = _refuse_doctype
    parser.StartElementHandler = reading.start
    parser.EndElementHandler = reading.end
    parser.CharacterDataHandler = reading.text
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise NoReport(f"is no XML: {error}") from error
    return reading.report()


def _refuse_doctype(*_: object) -> NoReturn:
    raise NoReport("has a document type or entities, which no report needs")


@dataclass(slots=True)
class _Reading:
    """The document as far as it was read."""

    passes: list[str] = field(default_factory=list[str])
    failures: list[str] = field(default_factory=list[str])
    output: list[str] = field(default_factory=list[str])
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    at: Instant | None = None
    elements: int = 0
    _open: list[str] = field(default_factory=list[str])
    _case: str = ""
    _ended: str = ""
    _said: str = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.elements += 1
        if self.elements > MOST_ELEMENTS or len(self._open) >= MOST_DEEP:
            raise NoReport("has too many elements, or too deep ones")
        if not self._open and name not in {"testsuites", "testsuite"}:
            raise NoReport(f"begins with {clean(name, 60)}, not with testsuites or testsuite")
        self._open.append(name)
        if name == "testsuite":
            self._take_time(attributes.get("timestamp", ""))
        elif name == "testcase":
            own = (attributes.get(key, "") for key in ("classname", "name"))
            self._case = clean(".".join(part for part in own if part), _LONGEST_NAME)
            self._ended = self._said = ""
        elif name in _FAILED:
            if "testcase" in self._open:
                self._ended, self._said = "failed", attributes.get("message", "")[:_LONGEST_TEXT]
            else:
                self.failed += 1
                self._fail("the suite itself", attributes.get("message", ""))
        elif name == "skipped" and not self._ended:
            self._ended = "skipped"

    def end(self, name: str) -> None:
        self._open.pop()
        if name != "testcase":
            return
        if self._ended == "failed":
            self.failed += 1
            self._fail(self._case, self._said)
        elif self._ended == "skipped":
            self.skipped += 1
        else:
            self.passed += 1
            if len(self.passes) < MOST_NAMED:
                self.passes.append(self._case)

    def text(self, data: str) -> None:
        if self._open and self._open[-1] in _FAILED and len(self._said) < _LONGEST_TEXT:
            self._said += data

    def report(self) -> Report:
        counts = Counts(self.passed, self.failed, self.skipped)
        output = "\n".join(self.output)
        return Report(counts, tuple(self.passes), tuple(self.failures), output, self.at)

    def _fail(self, name: str, said: str) -> None:
        if len(self.failures) < MOST_NAMED:
            self.failures.append(name)
            self.output.append(f"{name}\n{said[:_LONGEST_TEXT].strip()}")

    def _take_time(self, text: str) -> None:
        try:
            at = dt.datetime.fromisoformat(text)
            told = (at if at.tzinfo else at.replace(tzinfo=dt.UTC)).timestamp()
        except (ValueError, OverflowError):
            return
        self.at = told if self.at is None else max(self.at, told)

"""Files of waivers: read alike with pydantic and without, every error told with its line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tierline.mesh.defect import Place
from tierline.policy import waivers as module
from tierline.policy.model import Waiver
from tierline.policy.waivers import entry_of, parse_waivers, waivers_toml

DAY = 86_400.0
TEXT = """\
version = 1

[[waivers]]
code = "a/b"
service = "M05"
reason = "moving"
author = "ada"
expires = 1970-01-02

[[waivers]]
code = "c/d"
reason = "r"
author = "b"
expires = 1970-01-02T12:00:00+02:00
findings = ["0123456789abcdef0123 M05: x.yaml: odd", "0123456789abcdef0124"]
"""
READ = (
    Waiver("a/b", "M05", "moving", "ada", 2 * DAY, (), Place("w.toml", 3, 3)),
    Waiver(
        "c/d", None, "r", "b", 1.5 * DAY - 7200,
        ("0123456789abcdef0123 M05: x.yaml: odd", "0123456789abcdef0124"), Place("w.toml", 10, 3),
    ),
)  # fmt: skip


def test_a_file_of_waivers_is_read_with_places() -> None:
    assert parse_waivers(TEXT.encode(), "w.toml") == (READ, ())
    assert READ[1].fingerprints == ("0123456789abcdef0123", "0123456789abcdef0124")


def test_it_is_read_the_same_with_pydantic(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(values: object) -> None:
        return None

    monkeypatch.setattr(module, "_plain", never)
    assert parse_waivers(TEXT.encode(), "w.toml") == (READ, ())


def test_what_is_written_is_read_again() -> None:
    again, defects = parse_waivers(waivers_toml(READ).encode(), "w.toml")
    assert defects == ()
    assert [(one.code, one.expires, {*one.findings}) for one in again] == [
        (one.code, one.expires, {*one.findings}) for one in READ
    ]


@given(st.text(max_size=500), st.text(min_size=1, max_size=50))
def test_no_words_break_the_file(words: str, author: str) -> None:
    line = entry_of("0" * 20, words)
    waiver = Waiver("a/b", None, author, author, DAY, (line,))
    (again,), defects = parse_waivers(waivers_toml([waiver]).encode(), "w.toml")
    assert (defects, again.findings, again.expires) == ((), (line,), DAY)


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("version = 1", "version = 2", 1),
        ("version = 1", "version = 1\nsurprise = 1", 2),
        ('"a/b"', '"a b"', 4),
        ('"M05"', "5", 5),
        ('"moving"', '""', 6),
        ('author = "ada"\n', "", 3),
        ("expires = 1970-01-02\n", 'expires = "soon"\n', 8),
        ("expires = 1970-01-02\n", "expires = 1970-01-02T00:00:00\n", 8),
        ('"0123456789abcdef0124"', '"0123"', 15),
        ('"0123456789abcdef0124"', "7", 15),
        ("version = 1", "version =", 1),
    ],
)
def test_what_is_wrong_is_told_with_its_line_and_nothing_counts(
    old: str, new: str, line: int
) -> None:
    assert old in TEXT
    waivers, (defect, *_) = parse_waivers(TEXT.replace(old, new, 1).encode(), "w.toml")
    assert waivers == ()
    assert (defect.place.line, defect.code.partition("/")[0]) == (line, "waivers")


@given(st.binary(max_size=300))
def test_no_bytes_are_a_traceback(content: bytes) -> None:
    waivers, defects = parse_waivers(content, "w.toml")
    assert not (waivers and defects)

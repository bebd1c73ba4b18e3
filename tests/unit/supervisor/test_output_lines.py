"""Lines from the end of a file, cleaned; and the limit of its size."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tierline.supervisor.output import after, keep_within, last_words, newest
from tierline.targets.words import clean


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "log"


def texts(path: Path, limit: int) -> list[str]:
    return [line.text for line in newest(path, limit)]


def test_the_newest_lines(log: Path) -> None:
    log.write_bytes(b"one\ntwo\n\nfour")
    assert texts(log, 10) == ["one", "two", "", "four"]
    assert texts(log, 2) == ["", "four"]
    assert [line.end for line in newest(log, 2)] == [9, 13]
    assert texts(log, 0) == []
    assert texts(log.with_name("none"), 5) == []


def test_lines_longer_than_a_block_and_across_blocks(log: Path) -> None:
    log.write_bytes(b"".join(b"%06d\n" % number for number in range(50_000)))
    assert texts(log, 20_000) == [f"{number:06}" for number in range(30_000, 50_000)]
    log.write_bytes(b"a" * 200_000 + b"\nend\n")
    assert texts(log, 1) == ["end"]
    assert [len(text) for text in texts(log, 2)] == [8192, 3]


def test_what_follows_an_offset(log: Path) -> None:
    log.write_bytes(b"one\ntwo\nthr")
    assert [(line.end, line.text) for line in after(log, 4)] == [(8, "two")]
    assert [line.text for line in after(log, 4, ending=True)] == ["two", "thr"]
    assert [line.text for line in after(log, 100)] == ["one", "two"], "it was emptied"
    assert after(log.with_name("none"), 0) == ()


@given(st.text())
def test_nothing_that_moves_a_cursor_or_turns_text_around_is_left(text: str) -> None:
    shown = clean(text + "\x1b[2J\x07\u202e")
    assert not any((ord(c) < 32 and c not in "\t\n") or 127 <= ord(c) < 160 for c in shown)
    assert "\u202e" not in shown


def test_what_is_cleaned_and_what_is_kept() -> None:
    assert clean("a\x1b[31;1mred\x1b[0m\tb \x1b]0;title\x07ü\u2066x") == "ared\tb üx"


def test_last_words_are_short(log: Path) -> None:
    log.write_bytes(b"a\n  b \n\n")
    assert last_words(log) == "b"
    log.write_bytes(b"x" * 10_000)
    assert len(last_words(log)) == 400
    assert last_words(log.parent) == ""


PYTHON = """INFO up
Traceback (most recent call last):
  File "services/a/cmd/api/main.py", line 9, in main
    raise RuntimeError("no schema")
RuntimeError: no schema
"""
GO = """started api
panic: runtime error: index out of range [3]
\tpanic: again

goroutine 1 [running]:
main.main()
\t/build/cmd/api/main.go:7 +0x1d
exit status 2
"""
NODE = """/build/api.js:3
throw new Error("no schema");
^

Error: no schema
    at Object.<anonymous> (/build/api.js:3:7)
    at node:internal/main

Node.js v20.11.0
"""


@pytest.mark.parametrize(
    ("output", "decides"),
    [
        (PYTHON, "RuntimeError: no schema"),
        (PYTHON + "During handling of the above, another exception occurred:\n\n" + PYTHON.replace(
            "RuntimeError", "OSError"), "OSError: no schema"),
        (GO, "panic: runtime error: index out of range [3]"),
        (NODE, "Error: no schema"),
        (PYTHON + "INFO still here\n" * 20 + "bye\n", "bye"),
        ("Traceback (most recent call last):\n  torn", "torn"),
        ("one\ntwo\n", "two"),
        ("", ""),
    ],
)  # fmt: skip
def test_the_line_that_decides(log: Path, output: str, decides: str) -> None:
    log.write_text(output)
    assert last_words(log) == decides


def test_the_oldest_part_is_given_back(log: Path) -> None:
    line = b"0123456789abcde\n"
    log.write_bytes(line * 65_536)
    before = log.stat()
    assert keep_within(log, before.st_size // 2)
    after_it = log.stat()
    assert after_it.st_size == before.st_size
    assert after_it.st_blocks * 512 <= before.st_size // 2
    assert set(texts(log, 20_000)) == {"0123456789abcde"}
    assert not keep_within(log, before.st_size // 2), "it is within its limit now"

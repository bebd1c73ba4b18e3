"""Foreign text cannot act on the place where it is shown."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tierline.report import style


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("plain text", "plain text"),
        ("caf\u00e9 \u6771\u4eac", "caf\u00e9 \u6771\u4eac"),
        ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
        ("two\nlines\r\n", "two lines  "),
        ("safe\u202egnp.exe", "safe\\u202egnp.exe"),
        ("\x9b2J", "\\x9b2J"),
        ("a\u200bb\ufeff", "a\\u200bb\\ufeff"),
        ("\ud800", "\\ud800"),
        ("\U000e0041", "\\U000e0041"),
        ("\u2028", "\\u2028"),
    ],
)
def test_clean_spells_out_what_cannot_be_seen(raw: str, shown: str) -> None:
    assert style.clean(raw) == shown


@given(st.text())
def test_cleaned_text_is_one_visible_line_and_stays_as_it_is(text: str) -> None:
    cleaned = style.clean(text)
    hidden = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    assert not [c for c in cleaned if unicodedata.category(c) in hidden]
    assert style.clean(cleaned) == cleaned


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("a|b", r"a\|b"),
        ("<script>", r"\<script\>"),
        ("[x](javascript:1)", r"\[x\]\(javascript:1\)"),
        ("see https://example.org", r"see https\://example.org"),
        ("www.example.org", r"www\.example.org"),
        ("- item", r"\- item"),
        ("1. item", r"1\. item"),
        ("# head\n## more", r"\# head \#\# more"),
        ("M05-Payment", "M05-Payment"),
        ("&lt;", r"\&lt;"),
    ],
)
def test_markdown_shows_text_literally(raw: str, shown: str) -> None:
    assert style.markdown(raw) == shown


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("tierline logs M05", "`tierline logs M05`"),
        ("a`b", "`` a`b ``"),
        ("a|b", r"`a\|b`"),
        ("", ""),
    ],
)
def test_a_code_span_holds_any_text(raw: str, shown: str) -> None:
    assert style.code(raw) == shown


@given(st.text())
def test_mermaid_labels_hold_no_syntax(text: str) -> None:
    assert not set(style.mermaid(text)) & set("\"'`<>[](){}|\\\n%&")


def test_html_is_escaped_in_content_and_attributes() -> None:
    assert style.html('<a href="\'">\x00') == "&lt;a href=&quot;&#x27;&quot;&gt;\\x00"


def test_width_counts_terminal_columns() -> None:
    assert style.width("\u6771\u4eac") == 4
    assert style.width("e\u0301") == 1
    assert style.pad("\u6771", 4) == "\u6771  "

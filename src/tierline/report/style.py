"""Makes foreign text harmless for terminal, Markdown, Mermaid and HTML; knows no layout.

Names, messages and log lines come from a mesh and from its services, which may be hostile. Every
renderer passes them through here once, where they enter its output.
"""

from __future__ import annotations

import re
import unicodedata

from tierline.regex import regex

_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Unicode categories that are never printed as they are: controls, bidi marks, surrogates, ..."""
_MARKDOWN = regex(r"([\\`*_\[\]<>|~#!&{}()$])")
_LINK = regex(r"(?i)\b(https?|ftp)://")
_WWW = regex(r"\b[wW]{3}\.")
_BLOCK = regex(r"^(\s*)([-+=]|\d+[.)])")
_PLAIN = regex(r"[^A-Za-z0-9 _.-]")
_TICKS = regex(r"`+")


def clean(text: str) -> str:
    """The text on one line, with every invisible character spelt out (`\\x1b`, `\\u202e`)."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_spelt(character) for character in text)


def _spelt(character: str) -> str:
    if character in "\n\r\t\v\f":
        return " "
    if unicodedata.category(character) not in _INVISIBLE:
        return character
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def width(text: str) -> int:
    """Terminal columns of cleaned text: wide East Asian characters take two, combining none."""
    if text.isascii():
        return len(text)
    return sum(_columns(character) for character in text)


def _columns(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def pad(text: str, columns: int) -> str:
    """The text followed by blanks up to so many columns."""
    return text + " " * max(0, columns - width(text))


def markdown(text: str) -> str:
    """The text as Markdown that shows it literally: no markup, HTML, link or table cell breaks."""
    escaped = _MARKDOWN.sub(r"\\\1", clean(text))
    escaped = _LINK.sub(r"\1\\://", escaped)
    escaped = _WWW.sub(lambda found: found[0][:-1] + "\\.", escaped)
    return _BLOCK.sub(_unblocked, escaped)


def _unblocked(found: re.Match[str]) -> str:
    """A list, rule or heading marker at the start of a line, made literal."""
    marker = found[2]
    return f"{found[1]}{marker[:-1]}\\{marker[-1]}"


def code(text: str) -> str:
    """The text as a Markdown code span, also inside a table."""
    cleaned = clean(text).replace("|", "\\|")
    longest = max((len(run) for run in _TICKS.findall(cleaned)), default=0)
    fence = "`" * (longest + 1)
    gap = " " if longest else ""
    return f"{fence}{gap}{cleaned}{gap}{fence}" if cleaned else ""


def mermaid(text: str) -> str:
    """The text for a quoted Mermaid label: all that could be syntax as `#code;` entities."""
    return _PLAIN.sub(lambda found: f"#{ord(found[0])};", clean(text))


def html(text: str) -> str:
    """The text for HTML or SVG content and quoted attributes."""
    from html import escape  # noqa: PLC0415 - late on purpose: text needs none of it

    return escape(clean(text), quote=True)

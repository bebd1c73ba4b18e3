"""Turns bytes of a file into text that is safe to read on; knows nothing of its format."""

from __future__ import annotations

from tierline.frozen import frozen
from tierline.mesh.source import Source
from tierline.regex import regex

_CONTROL = regex("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
_CONTROL_BYTES = bytes({*range(32), 0x7F} - set(b"\t\n\r"))
_BOM = b"\xef\xbb\xbf"


@frozen
class TextLimits:
    """`size` in bytes. `bom`: whether a byte order mark is let pass."""

    size: int = 4 * 1024 * 1024
    bom: bool = True


def decode(content: bytes, source: Source, limits: TextLimits | None = None) -> str | None:
    """The text of a file, without its byte order mark. None, with a defect, for all that is none.

    Control characters other than tab, line feed and carriage return are refused.
    """
    limits = limits or TextLimits()
    if len(content) > limits.size:
        message = f"{len(content)} bytes (limit {limits.size})"
        source.defect("too-large", message, None, "split the file or remove what is not needed")
        return None
    if content.isascii() and len(content.translate(None, _CONTROL_BYTES)) == len(content):
        return content.decode("ascii")
    if content.startswith(_BOM):
        if not limits.bom:
            source.defect("byte-order-mark", "starts with a byte order mark", source.line(1),
                          "save it as UTF-8 without one")  # fmt: skip
            return None
        content = content[len(_BOM) :]
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        line, column = position(content[: error.start].decode(), error.start)
        source.defect("not-utf8", f"not UTF-8: byte {error.start + 1}",
                      source.line(line, column), "save it as UTF-8")  # fmt: skip
        return None
    if (bad := _CONTROL.search(text)) is not None:
        line, column = position(text, bad.start())
        source.defect("control-character", f"control character U+{ord(bad.group()):04X}",
                      source.line(line, column), "remove it")  # fmt: skip
        return None
    return text


def position(text: str, offset: int) -> tuple[int, int]:
    """Line and column, from 1, of a character in `text`."""
    offset = min(offset, len(text))
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)

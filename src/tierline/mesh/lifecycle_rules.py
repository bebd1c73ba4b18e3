"""Reads what `docs/service-lifecycle.md` asks for in each state; `lifecycle` finds the states."""

from __future__ import annotations

import re

from tierline.frozen import frozen
from tierline.mesh.defect import Place
from tierline.mesh.lifecycle import STATES
from tierline.mesh.markdown import Block, Kind, plain, read_markdown
from tierline.mesh.source import Source
from tierline.mesh.statement import MOST, Statement, sentences, stated
from tierline.regex import regex

_STATE = regex(
    r"(?:[0-9]{1,3}[.)]?\s+)?(scaffold[- ]only|implemented|production[- ]ready)\b"
    r"(?:\s*(?:[:\u2013\u2014-]|\s)\s*)?(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)


@frozen
class StateRule:
    """A state, and what the document says a service must have or be to be in it."""

    state: str
    takes: tuple[Statement, ...]
    place: Place


def read_lifecycle_rules(content: bytes, path: str) -> tuple[StateRule, ...]:
    """The rules in the order of the states; empty where the document is no text.

    What is wrong with the document is told by `parse_lifecycle`.
    """
    source = Source(path, "lifecycle")
    places: dict[str, Place] = {}
    takes: dict[str, list[Statement]] = {}
    current, level = "", 0
    for block in read_markdown(content, source) or ():
        state, rest = _begins(block)
        if state and (state not in places or block.kind is Kind.HEADING):
            places.setdefault(state, source.line(block.line))
            current, level = state, block.depth if block.kind is Kind.HEADING else 0
        elif block.kind is Kind.HEADING and (not level or block.depth <= level):
            current = ""
        elif not current or (not level and block.depth == 0):
            current = current if level else ""
        if current and block.kind not in {Kind.HEADING, Kind.CODE}:
            kept = takes.setdefault(current, [])
            for sentence in sentences(rest):
                statement = stated(sentence, source.line(block.line))
                if statement.text and len(kept) < MOST:
                    kept.append(statement)
    known = [state for state in STATES if state in places]
    return tuple(StateRule(state, tuple(takes.get(state, ())), places[state]) for state in known)


def _begins(block: Block) -> tuple[str, str]:
    """The state that a heading, an item or a row defines, and what follows; "" and all of it."""
    first = block.cells[0] if block.kind is Kind.ROW else block.text
    match = _STATE.fullmatch(plain(first)) if block.kind is not Kind.CODE else None
    marked = block.kind is not Kind.TEXT or (match and re.match(r"[*_`]|.*?[:\u2013\u2014]", first))
    if match is None or not marked:
        return "", block.text
    rest = "; ".join(cell for cell in block.cells[1:] if cell.strip())
    return match[1].lower().replace(" ", "-"), rest if block.kind is Kind.ROW else match["rest"]

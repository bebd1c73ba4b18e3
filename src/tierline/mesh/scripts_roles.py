"""What a sentence, a label or a table's head of a guide to scripts is about; reads no document."""

from __future__ import annotations

import re
from enum import StrEnum

from tierline.mesh.markdown import plain
from tierline.regex import regex

FLAG = regex(r"(?<![\w-])--?[A-Za-z][\w-]*(?:[ =](?:[A-Z][A-Z_]*|<[^<>]{1,40}>)(?![\w]))?")
"""an option, with its placeholder if it has one"""


class Role(StrEnum):
    """What of a script a statement is about."""

    PURPOSE = "purpose"
    ARGUMENTS = "arguments"
    PREREQUISITES = "prerequisites"
    READS = "reads"
    WRITES = "writes"
    USAGE = "usage"


_WORDS = (
    (
        Role.PREREQUISITES,
        r"pre-?requisites?|requires?|requirements?|needs?|depends on|dependencies",
    ),
    (Role.ARGUMENTS, r"arguments?|args|options?|flags?|parameters?|params|takes|accepts"),
    (Role.READS, r"reads?(?: from)?|inputs?|looks at"),
    (Role.WRITES, r"writes?(?: to)?|outputs?|produces?|side effects?|changes"),
    (Role.USAGE, r"usage|examples?|synopsis|commands?|invocation|run"),
    (Role.PURPOSE, r"purpose|description|what(?: it (?:does|is for))?|does|summary|about|use"),
)
_LABELS = tuple(
    (role, re.compile(rf"[*_`]*(?:{words})[*_`]*\s*(?::[*_`]*|[-\u2013\u2014]\s)\s*(?P<rest>.*)",
                      re.IGNORECASE | re.DOTALL))
    for role, words in _WORDS
)  # fmt: skip
_HEADS = tuple((role, re.compile(rf"(?:{words})\b", re.IGNORECASE)) for role, words in _WORDS)
_VERBS = (
    (Role.READS, re.compile(r"(?:it )?(?:only )?reads\s+(?P<rest>.+)", re.IGNORECASE)),
    (Role.WRITES, re.compile(r"(?:it )?(?:only )?writes\s+(?P<rest>.+)", re.IGNORECASE)),
    (Role.PREREQUISITES, re.compile(r"(?:it )?(?:needs|requires)\s+(?P<rest>.+)", re.IGNORECASE)),
    (Role.ARGUMENTS, re.compile(r"(?:it )?(?:takes|accepts)\s+(?P<rest>.+)", re.IGNORECASE)),
)


def labelled(text: str) -> tuple[Role | None, str]:
    """`Reads: the index` -> what it is about, and the rest."""
    for role, pattern in _LABELS:
        match = pattern.fullmatch(text[:4000])
        if match is not None:
            return role, match["rest"].rstrip(";")
    return None, text


def by_verb(text: str) -> tuple[Role | None, str]:
    """`Reads the index` -> what it is about, and the rest."""
    for role, pattern in _VERBS:
        match = pattern.fullmatch(text)
        if match is not None:
            return role, match["rest"].rstrip(";")
    return None, text


def asks_for(text: str) -> Role | None:
    """Whether a sentence, wherever it stands, says what must be there."""
    if re.match(r"(?:no|none|nothing|neither)\b", text, re.IGNORECASE):
        return None
    found = re.search(r"\b(?:must be|needs?|requires?)\b", text, re.IGNORECASE)
    return Role.PREREQUISITES if found else None


def by_head(text: str) -> Role | None:
    """What stands below a heading or a column's head."""
    bare = plain(text).strip()
    return next((role for role, pattern in _HEADS if pattern.match(bare)), None)

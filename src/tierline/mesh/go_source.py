"""Reads as much of a Go file as gates need: its package, its functions, what it imports; knows no files.

Comments and strings are told apart by the lexical rules of the Go specification
(https://go.dev/ref/spec#Lexical_elements), so that neither fools it. It accepts more than Go does:
whether a file compiles is the build's word.
"""

from __future__ import annotations

import re

from tierline.frozen import frozen
from tierline.regex import regex

_TOKEN = regex(
    r"""//[^\n]*|/\*.*?(?:\*/|\Z)|`[^`]*(?:`|\Z)|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?"""
    r"""|[^\W\d]\w*|[(){}\[\]]""",
    re.DOTALL,
)
_IGNORED_FILE = regex(r"(?:[ \t]*(?://[^\n]*)?\n)*?//go:build[ \t]+ignore[ \t]*(?:\n|\Z)")
_OPEN, _CLOSE = frozenset("([{"), frozenset(")]}")
_IDENTIFIER = regex(r"[^\W\d]\w*")


@frozen
class GoFile:
    """`package` is "" where there is no clause; `functions` are those at the top level, not methods.

    `ignored`: `//go:build ignore` keeps it out of every build.
    """

    package: str
    functions: frozenset[str]
    ignored: bool


def read_go(text: str) -> GoFile:
    """The package clause and the top-level functions whose name is followed by `(`."""
    text = text.replace("\r\n", "\n")
    tokens = [*_code_tokens(text), "", ""]
    package, functions, depth = "", set[str](), 0
    for number, word in enumerate(tokens[:-2]):
        if word in _OPEN:
            depth += 1
        elif word in _CLOSE:
            depth -= 1
        elif depth == 0 and word in {"package", "func"}:
            name, after = tokens[number + 1 : number + 3]
            if word == "package":
                package = package or name
            elif after == "(" and _IDENTIFIER.fullmatch(name):
                functions.add(name)
    return GoFile(package, frozenset(functions), _IGNORED_FILE.match(text) is not None)


def go_imports(text: str) -> frozenset[str]:
    """The paths of all import declarations."""
    found, open_group, begun = set[str](), False, False
    for match in _TOKEN.finditer(text.replace("\r\n", "\n")):
        word = match[0]
        if word.startswith(("//", "/*")):
            continue
        quoted = word[0] in '`"'
        if begun and quoted:
            found.add(word[1:-1])
        begun = word == "import" or (begun and (open_group or not quoted) and word != ")")
        open_group = begun and (open_group or word == "(")
    return frozenset(found)


def _code_tokens(text: str) -> list[str]:
    """Identifiers and brackets in order; comments and strings left out."""
    found = (match[0] for match in _TOKEN.finditer(text))
    return [token for token in found if token[0] not in "/`\"'"]

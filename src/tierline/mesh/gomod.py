"""Reads `go.mod` and `go.work` by Go's grammar; knows no module but those that are named there.

Grammar: https://go.dev/ref/mod#go-mod-file-grammar (lines of tokens, `//` comments, quoted and raw
strings, `verb ( ... )` blocks).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from posixpath import join, normpath
from typing import NamedTuple

from tierline.mesh.clean import clean
from tierline.mesh.defect import Defect
from tierline.mesh.model import LocalModule, Module
from tierline.mesh.source import Source
from tierline.mesh.text import TextLimits, decode
from tierline.regex import regex

WORKSPACE = "go.work"
_MOD_VERBS = frozenset(
    {"module", "go", "toolchain", "godebug", "require", "exclude", "replace", "retract", "tool",
     "ignore"}
)  # fmt: skip
_WORK_VERBS = frozenset({"go", "toolchain", "godebug", "use", "replace"})
_TOKEN = regex(r'"((?:[^"\\\n]|\\.)*)"|`([^`\n]*)`|(=>|[(),])|((?:(?!=>|//)[^\s"`(),])+)')
_BLANK = regex(r"[ \t\r]*")


class _Token(NamedTuple):
    line: int
    column: int
    text: str
    quoted: bool


class _Statement(NamedTuple):
    """A verb with its arguments, blocks taken apart."""

    verb: _Token
    arguments: tuple[_Token, ...]


def parse_go_mod(content: bytes, source: Source, folder: str) -> Module | None:
    """The module declared in `folder` (relative to the mesh root). None if it is no go.mod."""
    statements = _statements(content, source, _MOD_VERBS)
    if statements is None:
        return None
    names: list[_Token] = []
    local: list[LocalModule] = []
    requires: dict[str, str] = {}
    version = ""
    for verb, arguments in statements:
        words = [token.text for token in arguments]
        if verb.text == "module" and _count(verb, arguments, (1,), source):
            names.append(arguments[0])
        elif verb.text == "go" and _count(verb, arguments, (1,), source):
            version = words[0]
        elif verb.text == "require" and _count(verb, arguments, (2,), source):
            requires[words[0]] = words[1]
        elif verb.text == "replace":
            local.extend(_replaced(verb, arguments, folder, source))
    if not names:
        source.defect("no-module", "no `module` directive", None, "declare the module's path")
    for again in names[1:]:
        source.defect("duplicate-module", "a second `module` directive", again, "keep one")
    name = names[0].text if names else ""
    place = source.place(names[0] if names else None)
    return Module(name, place, tuple(local), requires, version)


def parse_go_work(
    content: bytes, path: str
) -> tuple[tuple[LocalModule, ...] | None, tuple[Defect, ...]]:
    """The folders that the workspace uses, and those its `replace` directives name."""
    source = Source(path, "structure")
    statements = _statements(content, source, _WORK_VERBS)
    if statements is None:
        return None, tuple(source.defects)
    used: dict[str, LocalModule] = {}
    for verb, arguments in statements:
        if verb.text == "use" and _count(verb, arguments, (1,), source):
            token = arguments[0]
            member = _local("", token, "", source)
            if member.path in used:
                message = f"{clean(member.path)} is used twice"
                source.defect("duplicate-use", message, token, "keep one of the two")
            used.setdefault(member.path, member)
        elif verb.text == "replace":
            for member in _replaced(verb, arguments, "", source):
                used.setdefault(member.path, member)
    return tuple(used.values()), tuple(source.defects)


def _statements(
    content: bytes, source: Source, verbs: frozenset[str]
) -> tuple[_Statement, ...] | None:
    text = decode(content, source, TextLimits(bom=False))
    if text is None:
        return None
    found: list[_Statement] = []
    block: _Token | None = None
    for line in _lines(text, source):
        first, last = line[0], line[-1]
        if block is not None:
            if first.text == ")" and not first.quoted:
                block = None
            else:
                found.append(_Statement(block, tuple(line)))
        elif first.text not in verbs:
            source.defect("go-directive", f"{clean(first.text)} is no directive", first,
                          f"one of {', '.join(sorted(verbs))}")  # fmt: skip
            block = first if last.text == "(" else None
        elif last.text == "(" and len(line) == 2:
            block = first
        else:
            found.append(_Statement(first, tuple(line[1:])))
    if block is not None:
        source.defect("go-syntax", "a block without its `)`", block, "close it")
    return tuple(statement for statement in found if statement.verb.text in verbs)


def _lines(text: str, source: Source) -> Iterator[list[_Token]]:
    for number, line in enumerate(text.split("\n"), 1):
        tokens: list[_Token] = []
        offset = 0
        while True:
            blank = _BLANK.match(line, offset)
            offset = blank.end() if blank else offset
            if offset >= len(line) or line.startswith("//", offset):
                break
            match = _TOKEN.match(line, offset)
            if match is None:
                source.defect("go-syntax", "a string without its end, or a stray character",
                              source.line(number, offset + 1), "close the quote")  # fmt: skip
                break
            interpreted, raw, mark, word = match.groups()
            quoted = mark is None and word is None
            value = next(part for part in (interpreted, raw, mark, word) if part is not None)
            if interpreted is not None:
                value = re.sub(r"\\(.)", r"\1", value)
            tokens.append(_Token(number, offset + 1, value, quoted))
            offset = match.end()
        if tokens:
            yield tokens


def _count(
    verb: _Token, arguments: tuple[_Token, ...], allowed: tuple[int, ...], source: Source
) -> bool:
    if len(arguments) in allowed:
        return True
    message = f"`{verb.text}` with {len(arguments)} arguments"
    source.defect("go-syntax", message, arguments[0] if arguments else verb,
                  f"write {' or '.join(str(n) for n in allowed)}")  # fmt: skip
    return False


def _replaced(
    verb: _Token, arguments: tuple[_Token, ...], folder: str, source: Source
) -> Iterator[LocalModule]:
    """The folder on the right of `old [version] => new`; nothing where a version is meant."""
    arrows = [i for i, token in enumerate(arguments) if token.text == "=>" and not token.quoted]
    at = arrows[0] if len(arrows) == 1 else 0
    right = arguments[at + 1 :]
    if at not in {1, 2} or len(right) not in {1, 2}:
        source.defect("go-syntax", "`replace` is not `old [version] => new [version]`",
                      arguments[0] if arguments else verb, "write it like that")  # fmt: skip
    elif right[0].text.startswith(("./", "../", "/")) or right[0].text in {".", ".."}:
        yield _local(arguments[0].text, right[0], folder, source)


def _local(name: str, token: _Token, folder: str, source: Source) -> LocalModule:
    path = normpath(join(folder, token.text))
    if path == ".." or path.startswith(("../", "/")):
        source.defect("module-outside", f"{clean(token.text)} leads out of the mesh", token,
                      "keep what is built from inside the mesh")  # fmt: skip
    return LocalModule(name, path, source.place(token))

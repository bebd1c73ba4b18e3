"""Reads `docs/local-dev.md`: how services run on a developer's machine; the document is free in form.

Knows no services: which of the commands concern which is for whoever knows them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from tierline.frozen import frozen
from tierline.mesh.defect import Defect, Place
from tierline.mesh.infrastructure import named_in
from tierline.mesh.markdown import Block, Kind, code_lines, plain, read_markdown, spans
from tierline.mesh.source import Source
from tierline.mesh.statement import MOST, Statement, sentences, stated
from tierline.regex import regex

PATH = "docs/local-dev.md"

_PROGRAMS = (
    "bash", "buf", "bun", "cargo", "cd", "cp", "createdb", "curl", "deno", "docker",
    "docker-compose", "dotnet", "export", "go", "gradle", "helm", "java", "just", "k3d", "kind",
    "kubectl", "make", "migrate", "minikube", "mkdir", "mvn", "node", "npm", "npx", "pip", "pnpm",
    "podman", "poetry", "psql", "pytest", "python", "python3", "redis-cli", "sh", "skaffold",
    "source", "task", "tierline", "tilt", "uv", "yarn",
)  # fmt: skip
_COMMAND = regex(rf"(?:(?:{'|'.join(map(re.escape, _PROGRAMS))})(?:\s.*|$)|\./\S+.*)")
_ASSIGNED = regex(r"(?:[A-Z][A-Z0-9_]*=\S*\s+)+(?=\S)")
_VARIABLE = regex(r"(?<![\w$-])\$?\{?([A-Z][A-Z0-9]*_[A-Z0-9_]*[A-Z0-9])\}?(?![\w-])")
_PORT = regex(r"(?i)(?:\bports?\s+|(?:localhost|127\.0\.0\.1|0\.0\.0\.0):)([1-9][0-9]{1,4})\b")
_NEEDS = regex(
    r"(?i)(?:you(?:'ll| will)? (?:also )?need|needs?|requires?|install|must (?:be|have))\b"
)
_PREREQUISITES = regex(r"(?i)(?:pre-?requisites?|requirements?|what you need|you need|setup)\b")
_WORD = regex(r"[\w./-]+")


@frozen
class Command:
    """A command line as it is to be typed.

    `about` is the comment beside or above it, `section` the sentence or heading before it.
    """

    text: str
    about: str
    section: str
    place: Place


@frozen
class Named:
    """A variable, a port or a system that the document names, and the sentence that does."""

    name: str
    text: str
    place: Place


@frozen
class LocalDev:
    """The whole document. `statements` are its sentences, prerequisites apart."""

    prerequisites: tuple[Statement, ...]
    commands: tuple[Command, ...]
    variables: tuple[Named, ...]
    ports: tuple[Named, ...]
    infrastructure: tuple[Named, ...]
    statements: tuple[Statement, ...]


def parse_local_dev(content: bytes, path: str) -> tuple[LocalDev | None, tuple[Defect, ...]]:
    """What the document says. None where it is no text."""
    source = Source(path, "structure")
    blocks = read_markdown(content, source)
    if blocks is None:
        return None, tuple(source.defects)
    reader = _Reader(source)
    for block in blocks:
        reader.read(block)
    return reader.result(), tuple(source.defects)


@dataclass(slots=True)
class _Reader:
    source: Source
    prerequisites: list[Statement] = field(default_factory=list[Statement])
    commands: dict[str, Command] = field(default_factory=dict[str, Command])
    named: dict[str, dict[str, Named]] = field(default_factory=dict[str, dict[str, Named]])
    statements: list[Statement] = field(default_factory=list[Statement])
    title: str = ""
    said: str = ""
    """the sentence before, which a code block goes with"""
    needs: bool = False
    """whether the section lists prerequisites"""

    def read(self, block: Block) -> None:
        if block.kind is Kind.HEADING:
            self.title = self.said = stated(block.text, self.source.line(block.line)).text
            self.needs = _PREREQUISITES.match(plain(block.text)) is not None
        elif block.kind is Kind.CODE:
            self._code(block)
        elif block.kind is Kind.ROW:
            self._sentence(": ".join(cell for cell in block.cells if cell), block)
            self._row_ports(block)
        else:
            for sentence in sentences(block.text):
                self._sentence(sentence, block)

    def result(self) -> LocalDev:
        def named(kind: str) -> tuple[Named, ...]:
            return tuple(self.named.get(kind, {}).values())

        return LocalDev(
            tuple(self.prerequisites), tuple(self.commands.values()), named("variable"),
            named("port"), named("infrastructure"), tuple(self.statements),
        )  # fmt: skip

    def _code(self, block: Block) -> None:
        about = ""
        for number, line in code_lines(block):
            text = re.sub(r"^\s*[$>%]\s+", "", line).strip()
            if text.startswith("#"):
                about = stated(text.lstrip("# "), self.source.line(block.line)).text
                continue
            self._names(text, text, number)
            command, _, comment = text.partition(" # ")
            if command and not re.fullmatch(r"[A-Z][A-Z0-9_]*=\S*", command):
                told = plain(comment) or about
                self._command(command, told, number)

    def _sentence(self, sentence: str, block: Block) -> None:
        statement = stated(sentence, self.source.line(block.line))
        if not statement.text:
            return
        self._names(sentence, statement.text, block.line)
        for span in spans(sentence):
            if _COMMAND.fullmatch(_ASSIGNED.sub("", span)) and " " in span:
                self.said = statement.text
                self._command(span, "", block.line)
        needed = self.needs or (_NEEDS.search(statement.text) and block.kind is not Kind.ROW)
        kept = self.prerequisites if needed else self.statements
        if len(kept) < MOST:
            kept.append(statement)
        self.said = statement.text

    def _command(self, text: str, about: str, line: int) -> None:
        shown = stated(f"`{' '.join(text.split())}`", self.source.line(line))
        if shown.text and len(self.commands) < MOST:
            told = stated(about, shown.place).text
            command = Command(shown.text, told, self.said, shown.place)
            self.commands.setdefault(shown.text, command)

    def _names(self, text: str, said: str, line: int) -> None:
        place = self.source.line(line)
        told = stated(said, place).text
        for kind, names in (
            ("variable", (match[1] for match in _VARIABLE.finditer(text))),
            ("port", (match[1] for match in _PORT.finditer(plain(text)))),
            ("infrastructure", named_in(plain(text))),
        ):
            self._note(kind, names, told, place)

    def _row_ports(self, block: Block) -> None:
        """A column that is headed as ports holds ports."""
        for head, cell in zip(block.head, block.cells, strict=False):
            if re.search(r"(?i)\bports?\b", head):
                ports = re.findall(r"\b[1-9][0-9]{1,4}\b", cell)
                told = stated(": ".join(block.cells), self.source.line(block.line))
                self._note("port", iter(ports), told.text, told.place)

    def _note(self, kind: str, names: Iterator[str], text: str, place: Place) -> None:
        found = self.named.setdefault(kind, {})
        for name in names:
            if len(found) < MOST:
                found.setdefault(name, Named(name, text, place))

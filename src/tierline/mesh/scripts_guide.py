"""Reads `scripts/README.md`: what each script is for, takes, needs, reads and writes.

The document is free in form: a table, a section or a bullet for each script, labels or sentences.
What names no script is kept as a note on all of them; what could not be placed is said by its line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from tierline.frozen import frozen
from tierline.mesh.defect import Defect, Place
from tierline.mesh.markdown import Block, Kind, code_lines, plain, read_markdown, spans, unlinked
from tierline.mesh.scripts_roles import FLAG, Role, asks_for, by_head, by_verb, labelled
from tierline.mesh.source import Source
from tierline.mesh.statement import MOST, Statement, sentences, stated
from tierline.regex import regex

PATH = "scripts/README.md"
FOLDER = "scripts/"

_SCRIPT = regex(r"(?<![\w-])(?:[\w.-]+/)*([A-Za-z0-9][\w.-]*\.(?:sh|bash))(?![\w-])")
_GIVEN = regex(r"\s*(?P<given>`[^`]{1,400}`|(?:\[[^\[\]]{1,200}\]\s*)+)[*_`]*")
_WILD = regex(r"(?<![\w-])([A-Za-z0-9][\w-]*-)\*(?:\.sh)?(?![\w-])")


@frozen
class Script:
    """What the guide says of one script; nothing said is an empty part."""

    name: str
    place: Place
    purpose: tuple[Statement, ...] = ()
    arguments: tuple[Statement, ...] = ()
    prerequisites: tuple[Statement, ...] = ()
    reads: tuple[Statement, ...] = ()
    writes: tuple[Statement, ...] = ()
    usage: tuple[Statement, ...] = ()


@frozen
class ScriptsGuide:
    """The whole document. `notes` and `prerequisites` hold for all scripts.

    `not_understood` are places of blocks of which nothing was taken.
    """

    scripts: tuple[Script, ...]
    notes: tuple[Statement, ...]
    prerequisites: tuple[Statement, ...]
    not_understood: tuple[Place, ...]


def parse_scripts_guide(
    content: bytes, path: str, known: frozenset[str]
) -> tuple[ScriptsGuide | None, tuple[Defect, ...]]:
    """What the document says; `known` are the files of the folder. None where it is no text."""
    source = Source(path, "scripts")
    blocks = read_markdown(content, source)
    if blocks is None:
        return None, tuple(source.defects)
    reader = _Reader(source, known)
    for block in blocks:
        reader.read(block)
    return reader.guide(), tuple(source.defects)


@dataclass(slots=True)
class _Said:
    """One script's statements while they are gathered."""

    place: Place
    parts: dict[Role, list[Statement]] = field(default_factory=dict[Role, list[Statement]])


@dataclass(slots=True)
class _Reader:
    """Goes through the blocks; `about` are the scripts that the next of them speak of."""

    source: Source
    known: frozenset[str]
    scripts: dict[str, _Said] = field(default_factory=dict[str, _Said])
    notes: list[Statement] = field(default_factory=list[Statement])
    general: list[Statement] = field(default_factory=list[Statement])
    lost: list[Place] = field(default_factory=list[Place])
    about: tuple[str, ...] = ()
    level: int = 0
    """of the heading that names `about`; 0: a list item does"""
    role: Role | None = None

    def read(self, block: Block) -> None:
        """Take what one block says."""
        handle = {
            Kind.HEADING: self._heading, Kind.ROW: self._row, Kind.ITEM: self._item,
            Kind.TEXT: self._text, Kind.CODE: self._code,
        }[block.kind]  # fmt: skip
        handle(block)

    def guide(self) -> ScriptsGuide:
        """Everything that was taken."""
        scripts = (
            Script(
                name, said.place, **{str(role): tuple(said.parts.get(role, ())) for role in Role}
            )
            for name, said in sorted(self.scripts.items())
        )
        return ScriptsGuide(
            tuple(scripts), tuple(self.notes), tuple(self.general), tuple(self.lost)
        )

    def _heading(self, block: Block) -> None:
        names = self._names(block.text)
        role = by_head(block.text)
        if names:
            self.about, self.level, self.role = names, block.depth, None
            self._note_names(names, block)
        elif self.about and self.level and block.depth > self.level:
            self.role = role
        else:
            self.about, self.level, self.role = (), 0, role

    def _row(self, block: Block) -> None:
        column = next((i for i, cell in enumerate(block.cells) if self._names(cell)), None)
        if column is None:
            role = by_head(block.head[0]) if block.head else None
            text = ": ".join(cell for cell in block.cells if cell)
            if self.about and self.level and text:
                flagged = Role.ARGUMENTS if FLAG.search(block.cells[0]) else None
                self._add(self.about, flagged or role or self.role or Role.PURPOSE, text, block)
            else:
                self._lose(block)
            return
        names = self._names(block.cells[column])
        self._note_names(names, block)
        rest = _after_name(block.cells[column])
        if FLAG.search(rest):
            self._add(names, Role.ARGUMENTS, rest, block)
        for at, cell in enumerate(block.cells):
            if at != column and cell.strip() and at < len(block.head):
                role = by_head(block.head[at])
                text = cell if role else f"{block.head[at]}: {cell}"
                self._add(names, role or Role.PURPOSE, text, block)

    def _item(self, block: Block) -> None:
        start = self._names(re.split(r"\s[-\u2013\u2014]\s|:\s", block.text, maxsplit=1)[0])
        if start and not (self.about and self.level) and self._begins(block.text):
            self.about, self.level, self.role = start, 0, None
            self._note_names(start, block)
            given, rest = _parted(_after_name(block.text))
            if given:
                self._add(start, Role.ARGUMENTS, given, block)
            self._say(start, rest, block)
        elif self.about and (self.level or block.depth > 1):
            role, rest = labelled(block.text)
            if role is not None:
                self.role = role
                if rest.strip():
                    self._add(self.about, role, rest, block)
            elif self.role is not None:
                self._add(self.about, self.role, block.text, block)
            else:
                self._say(self.about, block.text, block)
        else:
            self._free(block)

    def _text(self, block: Block) -> None:
        if self.about and (self.level or block.depth):
            role, rest = labelled(block.text)
            if role is not None:
                self.role = role
            if role is None or rest.strip():
                self._say(self.about, block.text, block)
        else:
            self._free(block)

    def _code(self, block: Block) -> None:
        taken = False
        for number, line in code_lines(block):
            at = Block(Kind.CODE, line, number)
            names = self._names(line) or (self.about if line.strip() and self.level else ())
            if names:
                self._note_names(names, at)
                self._add(names, Role.USAGE, line, at, code=True)
                taken = True
        if not taken and block.text.strip():
            self._lose(block)

    def _free(self, block: Block) -> None:
        """A text or an item that belongs to no script's part."""
        role, rest = labelled(block.text)
        for sentence in sentences(rest if role else block.text):
            names = self._names(sentence)
            if names and (self._begins(sentence) or asks_for(sentence)):
                self._note_names(names, block)
                self._say(names, sentence, block)
            elif (role or self.role or asks_for(sentence)) is Role.PREREQUISITES:
                self._keep(self.general, sentence, block)
            else:
                self._keep(self.notes, sentence, block)
        if role is not None and not rest.strip():
            self.role = role

    def _say(self, names: tuple[str, ...], text: str, block: Block) -> None:
        """Sentence by sentence to the part that each is about."""
        for sentence in sentences(text):
            role, rest = labelled(sentence)
            if role is None:
                bare = _after_name(sentence).strip() if self._begins(sentence) else sentence
                role, rest = by_verb(bare)
            if role is None and FLAG.match(plain(sentence)):
                role = Role.ARGUMENTS
            self._add(names, role or self.role or Role.PURPOSE, rest, block)

    def _add(
        self, names: Iterable[str], role: Role, text: str, block: Block, *, code: bool = False
    ) -> None:
        shown = f"`{text.strip()}`" if code and "`" not in text else text
        statement = stated(shown, self.source.line(block.line))
        for name in names:
            part = self.scripts[name].parts.setdefault(role, []) if name in self.scripts else None
            if part is None or not statement.text or len(part) >= MOST:
                continue
            if statement.text not in {one.text for one in part}:
                part.append(statement)

    def _note_names(self, names: Iterable[str], block: Block) -> None:
        for name in names:
            if name in self.scripts or len(self.scripts) < MOST:
                self.scripts.setdefault(name, _Said(self.source.line(block.line)))

    def _keep(self, kept: list[Statement], text: str, block: Block) -> None:
        statement = stated(text, self.source.line(block.line))
        if statement.text and len(kept) < MOST:
            kept.append(statement)

    def _lose(self, block: Block) -> None:
        if len(self.lost) < MOST:
            self.lost.append(self.source.line(block.line))

    def _names(self, text: str) -> tuple[str, ...]:
        """Scripts that a text names, wildcards resolved among those that exist."""
        found = [match[1] for match in _SCRIPT.finditer(text[:4000])]
        for match in _WILD.finditer(text[:4000]):
            found += sorted(name for name in self.known if name.startswith(match[1]))
        listed = (name for name in spans(text[:4000]) if name in self.known)
        return tuple(dict.fromkeys((*found, *listed)))

    def _begins(self, text: str) -> bool:
        """Whether a text begins with a script's name."""
        match = _SCRIPT.search(text[:300])
        return match is not None and not text[: match.start()].strip(" *_`[")


def _parted(text: str) -> tuple[str, str]:
    """`[--against REF] -- compares` -> the arguments that follow a name, and the rest."""
    match = _GIVEN.match(text)
    given = match["given"] if match else ""
    rest = text[match.end() :] if match else text
    return given, rest.strip(" -\u2013\u2014:,*_")


def _after_name(text: str) -> str:
    """What follows the first script's name in a text; the rest of its code span as one."""
    bare = unlinked(text[:4000])
    match = _SCRIPT.search(bare)
    if match is None:
        return text
    rest = bare[match.end() :]
    if bare[: match.start()].count("`") % 2 == 0:
        return rest.lstrip("*_")
    inside, _, after = rest.partition("`")
    return f"`{inside.strip()}` {after}" if inside.strip() else after.lstrip("*_")

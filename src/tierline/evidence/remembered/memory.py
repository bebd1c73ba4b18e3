"""What is remembered of one mesh while a command reads it: asked first, then added to, then kept.

Nothing is trusted that the disk or the rest of the mesh could contradict: a folder's answer counts
while its stamp holds and everything else that it depends on is the same; what parsing gave counts
for the same text.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import fields, replace
from hashlib import blake2b
from operator import attrgetter
from pathlib import Path
from typing import TypeVar, cast

import msgspec

from tierline.evidence.folder import Around, Known, Question
from tierline.evidence.remembered import file as kept_file
from tierline.evidence.remembered import wire
from tierline.evidence.remembered.file import Parsed, Record, Stored
from tierline.evidence.remembered.holding import Comparing
from tierline.evidence.remembered.place import prune
from tierline.evidence.remembered.version import version
from tierline.mesh.event_contract import FOLDER as EVENTS
from tierline.mesh.index import PATH as INDEX
from tierline.mesh.model import Service

T = TypeVar("T")
_WORTH = 32 * 1024
"""bytes of a text from which on parsing it again takes longer than remembering"""
_MOVING = frozenset({"place", "places"})
"""fields of a service that say where the index mentions it"""
_declared = attrgetter(*(one.name for one in fields(Service) if one.name not in _MOVING))


class Memory:
    """Of the mesh with this real path, in this file."""

    def __init__(self, file: Path, root: bytes) -> None:
        self._file, self._root, self._version = file, root, version()
        stored = kept_file.read(file, self._version, root)
        self._before = stored or Stored(self._version, root, (), (), {})
        self._records = {one.path: one for one in self._before.records}
        self._parsed: dict[str, Parsed] = {}
        self._settings = b""
        stamped = [(os.fsencode(r.path), r.names, r.digest) for r in self._records.values()]
        self._comparing = Comparing(self._before.names, stamped, root.rstrip(b"/"))

    def governed_by(self, settings: bytes) -> None:
        """All parsing also depends on these: the text of tierline.toml, how the root is shown."""
        self._settings = _digest(settings)

    def memo(self, name: str, content: bytes, parse: Callable[[], T], /) -> T:
        """What parsing a text gives, or gave."""
        worth = len(content) >= _WORTH or name.startswith(EVENTS)
        if not worth or not wire.can_keep(name):
            return parse()
        key = _digest(self._settings + name.encode("utf-8", "surrogatepass") + b"\0" + content)
        known = self._before.parsed.get(name)
        if known is not None and known.key == key:
            with suppress(*wire.BAD):
                value = wire.parsed(name, known.value)
                self._parsed[name] = known
                return cast("T", value)
        value = parse()
        with suppress(UnicodeEncodeError):
            self._parsed[name] = Parsed(key, msgspec.Raw(wire.encode(value)))
        return value

    def recall(self, questions: Iterable[Question], around: Around) -> dict[str, Known]:
        """Folder -> answer, of those that are remembered and still true."""
        if not self._records:
            return {}
        about = _about(around)
        found: dict[str, Known] = {}
        for question in questions:
            record = self._records.get(question.asked.path)
            if record is None or record.depth < around.depth:
                continue
            if record.key != _key(question, about):
                continue
            if record.places and record.places != _places(question):
                continue
            with suppress(*wire.BAD):
                found[record.path] = wire.answer(record.known)
        held = dict(zip(self._records, self._comparing.answers(), strict=True))
        return {path: known for path, known in found.items() if held[path]}

    def keep(
        self, questions: Sequence[Question], learnt: Mapping[str, Known], around: Around
    ) -> None:
        """Remember these answers besides those recalled; a failure to do so is no matter.

        Every question has an answer, recalled or learnt.
        """
        names: dict[bytes, int] = {}
        about = _about(around)
        records: list[Record] = []
        for question in questions:
            new, old = learnt.get(question.asked.path), self._records.get(question.asked.path)
            if new is None and old is not None:
                number = names.setdefault(self._before.names[old.names], len(names))
                records.append(replace(old, names=number))
            elif new is not None and new.stamp is not None:
                number = names.setdefault(new.stamp.names, len(names))
                with suppress(UnicodeEncodeError):
                    records.append(self._record(question, new, number, about, around))
        stored = Stored(self._version, self._root, tuple(names), tuple(records), self._parsed)
        if _content(stored) == _content(self._before):
            with suppress(OSError):
                os.utime(self._file)
        elif kept_file.write(self._file, stored):
            prune(self._file)

    def _record(
        self, question: Question, new: Known, names: int, about: bytes, around: Around
    ) -> Record:
        digest = new.stamp.digest if new.stamp else b""
        index = around.surroundings.shown(INDEX)
        told = (*new.read.defects, *(one for found in new.judged.values() for one in found))
        places = _places(question) if any(one.place.path == index for one in told) else b""
        known = msgspec.Raw(wire.encode(replace(new, stamp=None)))
        key = _key(question, about)
        return Record(question.asked.path, key, places, around.depth, names, digest, known)


def _about(around: Around) -> bytes:
    """Everything that surrounds all folders and that answers depend on."""
    return _digest(wire.encode((around.surroundings, sorted(around.unread))))


def _key(question: Question, about: bytes) -> bytes:
    service = None if question.service is None else _declared(question.service)
    told = (question.asked, service, question.addresses, question.in_go_work)
    return _digest(about + wire.encode(told))


def _places(question: Question) -> bytes:
    service = question.service
    return _digest(wire.encode((service.place, service.places) if service else ()))


def _content(stored: Stored) -> tuple[object, ...]:
    """What must differ for the file to be written again."""
    records = {(one.path, one.key, one.places, one.depth, one.digest) for one in stored.records}
    return records, {(name, one.key) for name, one in stored.parsed.items()}


def _digest(data: bytes) -> bytes:
    return blake2b(data, digest_size=16).digest()

"""The folder in which test evidence of one environment is kept: a file a result, and an index.

Files are whole or not there, and names say which service and suite they are kept for. The index
spares opening and verifying again what has not changed (size, times, inode); it is only ever
written by who adds, and whatever it lacks is read. It is trusted as the folder is: ours alone.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tierline.errors import PermanentError
from tierline.evidence.attestation import LARGEST
from tierline.evidence.envelopes import Malformed
from tierline.evidence.shelf_rows import Stamp, as_row, from_row
from tierline.facts.testing import Kept, SuiteResult
from tierline.regex import regex

SUFFIX = ".dsse.json"
MOST_FILES = 200_000
_INDEX = "index.json"
_VERSION = 1
_KEPT = 8
"""results of one suite of one service that stay, the newest"""
_NAME = regex(r"(?P<service>.{1,120})\.(?P<suite>[a-z]+)\.[0-9a-f]{12}\.[0-9a-f]{12}\.dsse\.json")


@dataclass(slots=True)
class Shelf:
    """One folder, made or not."""

    folder: Path

    def kept(self, *, afresh: bool = False) -> tuple[Kept, ...]:
        """Everything in it, in order of name.

        `afresh`: nothing is taken from the index, so that every signature is verified now.
        PermanentError where the folder cannot be listed.
        """
        known = dict[str, list[Any]]() if afresh else self._rows()
        return tuple(_kept(self.folder / name, at, known) for name, at in sorted(self._stamps()))

    def text(self, file: str) -> str:
        """The envelope in a file of it; "" where it is gone."""
        try:
            return (self.folder / file).read_text(encoding="utf-8")
        except (OSError, ValueError):
            return ""

    def add(self, results: Iterable[tuple[SuiteResult, str]]) -> tuple[str, ...]:
        """Keep results with their envelopes; returns the names of their files.

        What a newer one of the same key, revision and environments says again is dropped, and of
        each suite the oldest beyond the eighth. OSError where it cannot be written.
        """
        names: list[str] = []
        for result, envelope in results:
            digest = hashlib.sha256(envelope.encode()).hexdigest()[:12]
            head = f"{result.service_id}.{result.suite}.{result.revision[:12]}"
            names.append(f"{head}.{digest}{SUFFIX}")
            self._write(names[-1], envelope)
        rows = self._rows()
        stamps = dict(self._stamps())
        kept = [_kept(self.folder / name, at, rows) for name, at in sorted(stamps.items())]
        for one in _outdated(kept):
            (self.folder / one.file).unlink(missing_ok=True)
            stamps.pop(one.file, None)
        index = {one.file: as_row(one, stamps[one.file]) for one in kept if one.file in stamps}
        self._write(_INDEX, json.dumps({"version": _VERSION, "rows": index}))
        return tuple(names)

    def _write(self, name: str, text: str) -> None:
        part = self.folder / f".{name[:80]}.{os.getpid()}.{secrets.token_hex(4)}"
        try:
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(text)
            part.replace(self.folder / name)
        finally:
            with suppress(OSError):
                part.unlink()

    def _stamps(self) -> Iterator[tuple[str, Stamp]]:
        try:
            with os.scandir(self.folder) as found:
                for count, entry in enumerate(found):
                    if count > MOST_FILES:
                        raise PermanentError(
                            f"{self.folder} holds more than {MOST_FILES} files",
                            code="evidence/too-much",
                            fix="move it away, and run the suites again: tierline test",
                        )
                    if entry.name.endswith(SUFFIX) and not entry.name.startswith("."):
                        yield entry.name, _stamp(entry)
        except FileNotFoundError:
            return
        except OSError as error:
            raise PermanentError(
                f"{self.folder} cannot be read: {error.strerror}",
                code="state/unusable",
                fix="give a folder of your own with XDG_STATE_HOME",
            ) from error

    def _rows(self) -> Mapping[str, list[Any]]:
        """What the index says; nothing where it is none, or not of this version."""
        try:
            told: Any = json.loads((self.folder / _INDEX).read_bytes())
            return dict(told["rows"]) if told["version"] == _VERSION else {}
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return {}


def _stamp(entry: os.DirEntry[str]) -> Stamp:
    found = entry.stat(follow_symlinks=False)
    kind = stat.S_IFMT(found.st_mode)
    return (found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino, kind)


def _kept(path: Path, at: Stamp, rows: Mapping[str, list[Any]]) -> Kept:
    known = from_row(path.name, rows.get(path.name), at)
    if known is not None:
        return known
    name = _NAME.fullmatch(path.name)
    service_id, suite = (name["service"], name["suite"]) if name else ("", "")
    if name is None:
        return Kept(path.name, service_id, suite, None, "its name says of no service and suite")
    try:
        return Kept(path.name, service_id, suite, _read(path, at))
    except Malformed as error:
        return Kept(path.name, service_id, suite, None, f"it {error}")


def _read(path: Path, at: Stamp) -> SuiteResult:
    from tierline.evidence.attestation import read_attested  # noqa: PLC0415 - seldom needed

    size, *_, kind = at
    if not stat.S_ISREG(kind):
        raise Malformed("is a link or no file")
    if size > LARGEST:
        raise Malformed(f"has {size} bytes, at most {LARGEST}")
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
            return read_attested(file.read(LARGEST + 1).decode("utf-8"))
    except OSError as error:
        raise Malformed(f"cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise Malformed("is no text") from error


def _outdated(kept: Iterable[Kept]) -> Iterator[Kept]:
    """What says nothing that a newer one does not say."""
    found: dict[tuple[str, str], list[Kept]] = {}
    for one in kept:
        if one.result is not None:
            found.setdefault((one.service_id, one.suite), []).append(one)
    for same in found.values():
        seen: set[tuple[object, ...]] = set()
        newest = sorted(same, key=lambda one: one.result.at if one.result else 0.0, reverse=True)
        for number, one in enumerate(newest):
            said = (
                (one.result.revision, one.result.key, one.result.environments) if one.result else ()
            )
            if said in seen or number >= _KEPT:
                yield one
            seen.add(said)

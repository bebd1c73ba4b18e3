"""Keeps what buf answered, by the content that it was asked about; knows no buf.

A cache that is not ours alone is not used, and one that cannot be written is no trouble.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

from tierline.contracts.proto import Message, Said
from tierline.frozen import frozen

MOST_KEPT = 256
"""answers; the oldest go first"""
MOST_BYTES = 16 << 20
"""of one answer"""


@frozen
class Answers:
    """The answer to one question; `file` None where nothing is kept."""

    file: Path | None

    def messages(self) -> Said | None:
        """The messages that were kept; None where there are none."""
        kept = self._read()
        try:
            return None if kept is None else Said(tuple(Message(*one) for one in kept["messages"]))
        except (KeyError, TypeError):
            return None

    def files(self) -> Mapping[str, bytes] | None:
        """The files that were kept, by path; None where there are none."""
        kept = self._read()
        try:
            return None if kept is None else {p: b64decode(t) for p, t in kept["files"].items()}
        except (KeyError, TypeError, ValueError, AttributeError):
            return None

    def keep_messages(self, said: Said) -> None:
        """Keep them for the same question."""
        told = [[m.path, m.line, m.column, m.rule, m.text] for m in said.messages]
        self._write({"messages": told})

    def keep_files(self, files: Mapping[str, bytes]) -> None:
        """Keep them for the same question."""
        self._write({"files": {path: b64encode(text).decode() for path, text in files.items()}})

    def _read(self) -> dict[str, Any] | None:
        if self.file is None:
            return None
        try:
            found: object = json.loads(self.file.read_bytes())
        except (OSError, ValueError, RecursionError):
            return None
        return cast("dict[str, Any]", found) if isinstance(found, dict) else None

    def _write(self, answer: dict[str, object]) -> None:
        text = json.dumps(answer)
        if self.file is None or len(text) > MOST_BYTES:
            return
        part = self.file.with_suffix(f".{os.getpid()}")
        with suppress(OSError):
            part.write_text(text)
            part.replace(self.file)
            kept = sorted(self.file.parent.glob("*.json"), key=lambda one: one.stat().st_mtime)
            for old in kept[:-MOST_KEPT]:
                old.unlink(missing_ok=True)


def answers(
    kind: str, asked: str, folders: Mapping[str, Mapping[str, bytes]], tools: Iterable[Path]
) -> Answers:
    """Where the answer to a question about these files by these programs is kept."""
    folder = cache_folder("answers")
    if folder is None:
        return Answers(None)
    total = hashlib.sha256(f"{kind}\0{asked}\0".encode())
    for tool in tools:
        found = tool.stat()
        total.update(f"{tool.resolve()}\0{found.st_size}\0{found.st_mtime_ns}\0".encode())
    for name, files in sorted(folders.items()):
        for path, content in sorted(files.items()):
            total.update(f"{name}\0{path}\0{len(content)}\0".encode("utf-8", "surrogateescape"))
            total.update(content)
    return Answers(folder / f"{total.hexdigest()[:40]}.json")


def cache_folder(name: str) -> Path | None:
    """`$XDG_CACHE_HOME/tierline/buf/NAME`, made where missing; None where there is none of ours."""
    base = os.environ.get("XDG_CACHE_HOME") or _home_cache()
    if not base.startswith("/"):
        return None
    folder = Path(base) / "tierline" / "buf" / name
    try:
        for one in (folder.parent.parent, folder.parent, folder):
            one.mkdir(mode=0o700, parents=True, exist_ok=True)
            seen = one.lstat()
            ours = seen.st_uid == os.geteuid() and not stat.S_IMODE(seen.st_mode) & 0o077
            if not ours or not stat.S_ISDIR(seen.st_mode):
                return None
    except OSError:
        return None
    return folder if os.access(folder, os.W_OK) else None


def _home_cache() -> str:
    home = os.environ.get("HOME", "")
    return f"{home}/.cache" if home else ""

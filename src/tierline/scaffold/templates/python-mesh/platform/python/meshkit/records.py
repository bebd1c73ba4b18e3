"""Append-only records in the data folder: one JSON document a line; knows no meaning of them."""

from __future__ import annotations

import json
import os
import threading


class Records:
    """A file of records that only grows; several processes may append to it."""

    def __init__(self, folder, name):
        self._path = os.path.join(folder, name + ".jsonl")
        self._lock = threading.Lock()
        self._read_to = 0
        self._known = []

    def append(self, record):
        """Write one record in one system call, so that lines of two writers never mix."""
        line = json.dumps(record, separators=(",", ":")).encode() + b"\n"
        descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(descriptor, line)
        finally:
            os.close(descriptor)

    def all(self):
        """Every record so far, oldest first; reads only what was added since the last call."""
        with self._lock:
            try:
                with open(self._path, "rb") as file:
                    file.seek(self._read_to)
                    for line in file:
                        if not line.endswith(b"\n"):
                            break
                        self._known.append(json.loads(line))
                        self._read_to += len(line)
            except FileNotFoundError:
                pass
            return list(self._known)

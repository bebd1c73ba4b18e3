"""Gate release: can what a service says of its data be understood? Judges no migration."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tierline.mesh.defect import Defect, Place
from tierline.mesh.release_file import RELEASE_FILE, parse_release
from tierline.readiness.facts import ServiceFacts
from tierline.readiness.gate import Gate


def judge_release(facts: ServiceFacts) -> Iterator[Defect]:
    """What is wrong with `deploy/release.yaml`; nothing where there is none."""
    entry = facts.files.get(RELEASE_FILE)
    if entry is None:
        return
    path, name = facts.shown(RELEASE_FILE), facts.service.service_id
    if entry.content is None:
        told = f"cannot be read: {entry.trouble or 'its content was not gathered'}"
        yield Defect("release/unreadable", told, Place(path), "make it a readable file", name)
        return
    yield from parse_release(entry.content, path, name)[1]


RELEASE_GATE: Final = Gate(
    "release",
    "What a release does with data",
    "A rollback trusts what a service says of its data; a word that is misread brings a revision "
    "back that cannot read what was written since.",
    "deploy/release.yaml of a service, where it has one",
    "Epochs, formats, stores and irreversible migrations are written as the file has them: no "
    "unknown key, whole numbers, an interval of two. While one is not, nothing of the service is "
    "rolled back.",
    judge_service=judge_release,
)

"""What planned services do with data and bring, by their files: migrations, and `deploy/release.yaml`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from tierline.evidence.content import Content
from tierline.evidence.shipped import Shipped, data_files
from tierline.facts.evidence import SignalKind
from tierline.mesh.migrations import Migration, migrations_of
from tierline.mesh.model import Mesh
from tierline.mesh.release_file import RELEASE_FILE, ReleaseFile, parse_release
from tierline.rollback.codes import DATA_UNKNOWN, DESTRUCTIVE_MIGRATION
from tierline.rollback.data import DataUse, Harm

LARGEST = 1 << 20
"""bytes of a migration that is read"""


def data_uses(
    mesh: Mesh,
    content: Content,
    names: Iterable[str],
    since: Mapping[str, int],
    shipped: Mapping[str, Shipped],
) -> dict[str, DataUse]:
    """Of every service that has to do with data. Only migrations newer than `since` are read.

    `since` maps a service that ran before to the newest migration of that revision; whoever did not
    run before has nobody to harm. `shipped` is what was learnt of folders already.
    """
    found: dict[str, DataUse] = {}
    for name in names:
        folder = mesh.services[name].path
        if folder:
            known = shipped.get(folder)
            files = known.data if known else data_files(folder, content.files(folder))
            use = _use(content, folder, files, since.get(name)) if files else None
            if use is not None:
                found[name] = use
    return found


def signals_brought(
    mesh: Mesh, content: Content, names: Iterable[str], shipped: Mapping[str, Shipped]
) -> dict[str, tuple[SignalKind, ...]]:
    """The telemetry that services list as what their revision is expected to bring."""
    found: dict[str, tuple[SignalKind, ...]] = {}
    for name in names:
        folder = mesh.services[name].path
        path, known = f"{folder}/{RELEASE_FILE}", shipped.get(folder)
        if folder and (known is None or path in known.data):
            listed = _declared(content, path)[0].signals
            if listed:
                found[name] = tuple(map(SignalKind, listed))
    return found


def _use(
    content: Content, folder: str, files: tuple[str, ...], since: int | None
) -> DataUse | None:
    path = f"{folder}/{RELEASE_FILE}"
    declared, unclear = _declared(content, path) if path in files else (ReleaseFile(), "")
    steps = [step for one in migrations_of(files) for step in one.steps]
    if not steps and not unclear and replace(declared, signals=()) == ReleaseFile():
        return None
    newest = max((int(step.number) for step in steps), default=0)
    new = [step for step in steps if since is not None and int(step.number) > since]
    return DataUse(
        declared.epoch or newest,
        declared.accepts,
        declared.reads,
        declared.writes,
        declared.owns,
        tuple(harm for step in new for harm in _harms(content, step, declared)),
        unclear,
    )


def _declared(content: Content, path: str) -> tuple[ReleaseFile, str]:
    """What a service says of its data, and why it cannot be relied on ("" where it can)."""
    text = content.read(path, LARGEST)
    if text is None:
        return ReleaseFile(), f"{RELEASE_FILE} cannot be read"
    declared, defects = parse_release(text, path, None)
    return declared, f"{RELEASE_FILE} cannot be understood" if defects else ""


def _harms(content: Content, step: Migration, declared: ReleaseFile) -> Iterable[Harm]:
    epoch, named = int(step.number), f"{step.number}_{step.name}"
    if named in declared.irreversible or step.number in declared.irreversible:
        why = f"migration {named} is declared irreversible"
        yield Harm(epoch, DESTRUCTIVE_MIGRATION, why)
        return
    from tierline.rollback.migrations import dangers  # noqa: PLC0415 - sqlglot takes long to import

    for path in step.files:
        if path.endswith(".down.sql"):
            continue
        text = content.read(path, LARGEST)
        if text is None:
            yield Harm(epoch, DATA_UNKNOWN, f"migration {named} cannot be read")
            continue
        for danger in dangers(text.decode("utf-8", "replace")):
            code = DATA_UNKNOWN if danger.unknown else DESTRUCTIVE_MIGRATION
            yield Harm(epoch, code, f"migration {named} {danger.what}")

"""One defect put into a real mesh, as data: the mesh is read once and changed in memory.

Tokens of a case stand for the same things in every mesh: `{S}` the folder of M02, `{O}` of its owner
M01, `{N}` of M03; `{S.id}`, `{S.name}`, ... of their names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from made.gathered import GATHERED, NOW, POLICY, facts_of
from tierline.evidence.load import Loaded, load
from tierline.mesh.model import Mesh, Service
from tierline.mesh.parse import parse_mesh
from tierline.mesh.tree import Entry, Kind, Tree
from tierline.policy.file import PolicyFile, parse_policy
from tierline.policy.resolve import resolve
from tierline.readiness.check import check
from tierline.readiness.facts import GateFacts, wanted_by_gates
from tierline.readiness.model import Finding

SPECS = "specs/"
_TOKEN = re.compile(r"\{([SON])(?:\.(\w+))?\}")
_LETTERS = {"S": "M02", "O": "M01", "N": "M03"}
Case = Mapping[str, Any]
Key = tuple[str, str, str]
"""code, service or "-", path: what stays the same when lines move"""


@dataclass(frozen=True)
class Sound:
    """A mesh in order, with what is found in it all the same."""

    name: str
    root: Path
    loaded: Loaded
    findings: tuple[Finding, ...]

    @property
    def mesh(self) -> Mesh:
        return self.loaded.mesh

    @cached_property
    def gathered(self) -> tuple[Finding, ...]:
        """What is found where all that is gathered besides the files is well, too."""
        return self.judged({}, self.loaded.tree, self.loaded.canonical, self.loaded.tree)

    def found(self, case: Case) -> tuple[Finding, ...]:
        """What a case begins with."""
        return self.gathered if GATHERED & case.keys() else self.findings

    def judged(
        self, case: Case, tree: Tree, canonical: Tree | None, before: Tree
    ) -> tuple[Finding, ...]:
        """Every finding, by what a case says was gathered; `before`: the mesh at the reference."""
        mesh = parse_mesh(tree, canonical)
        facts = facts_of(self.root, mesh, tree, before, case)
        file, defects = parse_policy(filled(case.get("policy", "version = 1\n"), mesh), POLICY)
        assert file is not None, defects
        return _judged(mesh, tree, facts, file)


@dataclass(frozen=True)
class Mutated:
    """What a change of a mesh led to; `files` are the paths that it touched, with their texts."""

    findings: tuple[Finding, ...]
    files: Mapping[str, str]


def sound(name: str, root: Path) -> Sound:
    """The mesh in `root` with every file's content."""
    loaded = load(root, also=lambda path: wanted_by_gates(path) or _is_text(path))
    return Sound(name, root, loaded, judged(loaded.tree, loaded.canonical))


def _is_text(path: str) -> bool:
    return path.endswith((".yaml", ".yml", ".json", ".md", ".toml", ".proto", ".mod", ".work"))


def judged(tree: Tree, canonical: Tree | None) -> tuple[Finding, ...]:
    """Every finding in a mesh, under the built-in local policy."""
    return _judged(parse_mesh(tree, canonical), tree, GateFacts(tree), None)


def _judged(
    mesh: Mesh, tree: Tree, facts: GateFacts, file: PolicyFile | None
) -> tuple[Finding, ...]:
    entry = tree.entries.get("tierline.toml")
    settings = (entry.content if entry else None) or b""
    policy, defects = resolve("local", file, mesh.settings, tree.shown("tierline.toml"), settings)
    return check(mesh, replace(facts, policy_defects=defects), policy, None, NOW).findings


def filled(text: str, mesh: Mesh) -> str:
    """The text with every token replaced by what it stands for in this mesh."""
    return _TOKEN.sub(lambda match: _meant(match[1], match[2] or "path", mesh), text)


@cache
def _by_short(ids: tuple[str, ...]) -> dict[str, str]:
    return {name.partition("-")[0]: name for name in ids}


def _meant(letter: str, part: str, mesh: Mesh) -> str:
    service = mesh.services[_by_short(tuple(mesh.services))[_LETTERS[letter]]]
    return _parts(service)[part]


def _parts(service: Service) -> dict[str, str]:
    ports = {port.name: str(port.number) for port in service.config.ports} if service.config else {}
    folder = service.path.rpartition("/")[2]
    return {
        "path": service.path,
        "folder": folder,
        "id": service.service_id,
        "domain": service.domain,
        "event": service.produces[0] if service.produces else "",
        "name": _name(service),
        **ports,
    }


def _name(service: Service) -> str:
    """What Compose and Kubernetes call it."""
    folder = service.path.rpartition("/")[2].lower()
    go = any(workload.language == "go" for workload in service.workloads)
    return folder if go else folder.partition("-")[2]


def mutated(case: Case, base: Sound) -> Mutated:
    """The findings in the mesh, changed as the case says."""
    mesh, loaded = base.mesh, base.loaded
    own = dict(loaded.tree.entries)
    inputs = dict(loaded.canonical.entries) if loaded.canonical else {}
    texts: dict[str, str] = {}
    for change in [case, *case.get("and", [])] if "file" in case else ():
        path = filled(change["file"], mesh)
        entries, name = (
            (inputs, path.removeprefix(SPECS)) if path.startswith(SPECS) else (own, path)
        )
        _apply(change, mesh, entries, name)
        entry = entries.get(name)
        texts[path] = ((entry.content if entry else None) or b"").decode(errors="replace")
    tree = Tree(loaded.tree.label, dict(sorted(own.items())))
    before = dict(loaded.tree.entries)
    for change in case.get("old", []):
        _apply(change, mesh, before, filled(change["file"], mesh))
    canonical = (
        replace(loaded.canonical, entries=dict(sorted(inputs.items())))
        if loaded.canonical
        else None
    )
    if GATHERED & case.keys():
        then = Tree(loaded.tree.label, dict(sorted(before.items())))
        return Mutated(base.judged(case, tree, canonical, then), texts)
    return Mutated(judged(tree, canonical), texts)


def _apply(change: Case, mesh: Mesh, entries: dict[str, Entry], path: str) -> None:
    entry = entries.get(path)
    content = (entry.content if entry else None) or b""
    if "remove" in change:
        gone = [name for name in entries if name == path or name.startswith(f"{path}/")]
        assert gone, f"nothing to remove: {path}"
        for name in gone:
            del entries[name]
        return
    if "kind" in change:
        entries[path] = Entry(Kind(change["kind"]))
        return
    content = _changed(content, change, mesh, path)
    parts = path.split("/")
    for end in range(1, len(parts)):
        entries.setdefault("/".join(parts[:end]), Entry(Kind.FOLDER))
    entries[path] = Entry(Kind.FILE, len(content), content)


def _changed(content: bytes, change: Case, mesh: Mesh, path: str) -> bytes:
    for way, count in (("swap", 1), ("every", -1)):
        if way in change:
            old, new = (filled(text, mesh).encode() for text in change[way])
            assert old in content, f"{path} has no {old!r}"
            content = content.replace(old, new, count)
    if "write" in change:
        content = filled(change["write"], mesh).encode()
    if "bytes" in change:
        content = bytes.fromhex(change["bytes"])
    before, after = (filled(change.get(way, ""), mesh).encode() for way in ("before", "append"))
    content = (before + content + after)[: change.get("cut")]
    if change.get("open_ended"):
        content = content.rstrip(b"\n")
    return content.replace(b"\n", b"\r\n") if change.get("crlf") else content


def key(finding: Finding) -> Key:
    """What of a finding stays the same when lines move."""
    place = finding.place.path if finding.place else ""
    return finding.code, finding.service_id or "-", place


def keys(findings: Iterable[Finding]) -> list[Key]:
    """Those of all findings, sorted; one as often as it was found."""
    return sorted(key(one) for one in findings)

"""One defect put into a sound mesh is found by its gate, in its line, and nobody else is blamed."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from made.gathered import POLICY
from made.mutations import Sound, filled, key, keys, mutated, sound
from tierline.readiness.gates import GATE
from tierline.scaffold.demo import write_demo
from unit.evidence.test_evidence_proto import PLUGIN

HERE = Path(__file__).parents[2]
CASES = HERE / "cases" / "mutations"
KNOWN = {
    "name", "mesh", "file", "remove", "write", "swap", "every", "append", "before", "bytes", "cut",
    "kind", "and", "found", "at", "at_in", "in", "line", "anchor", "offset", "last", "anywhere",
    "service", "also", "others", "since", "old", "evidence", "scripts", "policy",
}  # fmt: skip


def _cases() -> Iterator[dict[str, Any]]:
    for path in sorted(CASES.glob("*.yaml")):
        told = yaml.safe_load(path.read_text(encoding="utf-8"))
        if path.stem == "harmless":
            continue
        if path.stem != "any-file":
            yield from told
            continue
        for file in told["files"]:
            for damage in told["damages"]:
                yield damage | {
                    "name": f"{damage['name']}: {file['file']}",
                    "file": file["file"],
                    "found": f"{file['gate']}/{damage['found']}",
                    "service": file["service"],
                    "also": ["*"],
                    "others": file["service"] == "-",
                    "anywhere": not damage.keys() & {"line", "last"},
                }


CATALOGUE = list(_cases())


@cache
def _sound(name: str) -> Sound:
    if name == "go":
        return sound(name, HERE / "meshes" / "go-mesh" / "mesh")
    raise AssertionError(name)


@pytest.fixture(scope="module")
def meshes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Sound]]:
    """Both meshes, on a machine that has a plugin of protoc."""
    demo, programs = tmp_path_factory.mktemp("demo"), tmp_path_factory.mktemp("programs")
    write_demo(demo / "demo")
    plugin = programs / "protoc-gen-words"
    plugin.write_text(PLUGIN.format(python=sys.executable))
    plugin.chmod(0o755)
    with pytest.MonkeyPatch.context() as changed:
        changed.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
        yield {"go": _sound("go"), "demo": sound("demo", demo / "demo" / "mesh")}


def _runs() -> Iterator[Any]:
    for case in CATALOGUE:
        yield from _on_meshes(case, f"{case['found']} {case['name']}")


def _on_meshes(case: dict[str, Any], title: str) -> Iterator[Any]:
    """The smaller mesh quickly, the larger one where there is time."""
    for name in [case["mesh"]] if "mesh" in case else ["demo", "go"]:
        marks = [pytest.mark.slow] if name == "demo" and "mesh" not in case else []
        marks += [pytest.mark.required("buf")] if title.startswith("proto-") else []
        yield pytest.param(name, case, id=f"{title} {name}", marks=marks)


@pytest.mark.parametrize(("name", "case"), list(_runs()))
def test_it_is_found_where_it_is_and_nobody_else_is_blamed(
    name: str, case: dict[str, Any], meshes: dict[str, Sound]
) -> None:
    assert case.keys() <= KNOWN, case.keys() - KNOWN
    base = meshes[name]
    after = mutated(case, base)
    known = keys(base.found(case))
    new = [one for one in after.findings if key(one) not in known]
    service = _service(case, base)
    told = [one for one in new if one.code == case["found"] and (one.service_id or "-") == service]
    assert told, keys(new)
    label = base.loaded.tree.label
    path = filled(case["in"] if "in" in case else case["file"], base.mesh)
    shown = f"viralForge/{path}" if path.startswith("specs/") else f"{label}/{path}"
    shown = POLICY if path == POLICY else shown
    places = {(one.place.path, one.place.line) for one in told if one.place}
    if case.get("anywhere"):
        assert shown in {place for place, _ in places}
    else:
        assert (shown, _line(case, base, after.files, path)) in places, places
    also = [case["found"], *case.get("also", ())]
    assert not [one for one in keys(new) if not any(fnmatchcase(one[0], two) for two in also)]
    if not case.get("others"):
        blamed = {one.service_id for one in new} - {service, _service({"service": "S"}, base), None}
        assert not blamed
    assert all(one.fix and one.message for one in new)


def _service(case: dict[str, Any], base: Sound) -> str:
    told = case.get("service", "S")
    return filled(f"{{{told}.id}}", base.mesh) if told in {"S", "O", "N"} else told


def _line(case: dict[str, Any], base: Sound, files: Any, path: str) -> int:
    """Of the text that the case names, in the file in which the finding is expected."""
    if "line" in case:
        return case["line"]
    wanted = next((case[one] for one in ("at", "at_in", "anchor", "last") if one in case), None)
    if wanted is None:
        return 0
    text = case["policy"] if path == POLICY else files.get(path) or _text(base, path)
    wanted = filled(wanted, base.mesh)
    start = text.rfind(wanted) if "last" in case else text.find(wanted)
    assert start >= 0, f"{path} has no {wanted!r}"
    return text.count("\n", 0, start) + 1 + case.get("offset", 0)


def _text(base: Sound, path: str) -> str:
    inputs = base.loaded.canonical
    if path.startswith("specs/") and inputs:
        entry = inputs.entries[path.removeprefix("specs/")]
    else:
        entry = base.loaded.tree.entries[path]
    return (entry.content or b"").decode()


def _harmless() -> Iterator[Any]:
    told = yaml.safe_load((CASES / "harmless.yaml").read_text(encoding="utf-8"))
    every = [
        {**way, "file": file, "name": f"{way['name']} in {file}"}
        for group in told["products"]
        for file in group["files"]
        for way in group["ways"]
    ]
    for case in [*every, *told["changes"]]:
        yield from _on_meshes(case, case["name"])


@pytest.mark.parametrize(("name", "case"), list(_harmless()))
def test_a_harmless_change_changes_nothing(
    name: str, case: dict[str, Any], meshes: dict[str, Sound]
) -> None:
    assert case.keys() <= KNOWN | {"crlf", "open_ended"}
    base = meshes[name]
    after = mutated(case, base)
    assert keys(after.findings) == keys(base.found(case))


def test_there_are_enough_of_them() -> None:
    assert len(CATALOGUE) >= 250
    assert len(list(_harmless())) >= 120
    assert len({case["found"] for case in CATALOGUE}) >= 100
    apart = {"boundaries", "former"}  # what a release meets, and replaces, has cases of its own
    assert {case["found"].partition("/")[0] for case in CATALOGUE} == GATE.keys() - apart

"""Whatever bytes a file holds: every parser ends with values or defects, and the gates with findings."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from made.damage import BOMBS, Damage, damages
from made.mutations import Sound, judged, sound
from tierline.mesh.api_contracts import parse_api_contract
from tierline.mesh.canonical import FILES, parse_canonical
from tierline.mesh.clean import clean
from tierline.mesh.compose import parse_compose
from tierline.mesh.compose_file import read_compose
from tierline.mesh.config import parse_config
from tierline.mesh.defect import Defect
from tierline.mesh.dotenv import parse_dotenv, variable_lines
from tierline.mesh.event_contract import parse_event
from tierline.mesh.go_source import go_imports, read_go
from tierline.mesh.gomod import parse_go_mod, parse_go_work
from tierline.mesh.index import parse_index
from tierline.mesh.k8s import parse_manifest, read_manifests
from tierline.mesh.lifecycle import parse_lifecycle
from tierline.mesh.lifecycle_rules import read_lifecycle_rules
from tierline.mesh.load_order import parse_load_order
from tierline.mesh.local_dev import parse_local_dev
from tierline.mesh.makefile import parse_targets
from tierline.mesh.manifests import parse_implemented, parse_lineage
from tierline.mesh.package_json import parse_scripts
from tierline.mesh.profiles import GO_MESH
from tierline.mesh.pyproject import parse_pyproject
from tierline.mesh.scripts_guide import parse_scripts_guide
from tierline.mesh.settings_file import parse_settings
from tierline.mesh.source import Source
from tierline.mesh.tree import Entry, Kind, Tree
from tierline.policy.file import parse_policy
from tierline.policy.waivers import parse_waivers
from tierline.readiness.codes import CODES

MESH = Path(__file__).parent.parent / "meshes" / "go-mesh" / "mesh"
SERVICE = "services/core-platform/M02-account-service"
SPECS = "../viralForge/specs"
MEMORY = 150_000_000
"""bytes that reading one small file may need at most, Python's own bookkeeping included"""

Answer = object
Parse = Callable[[bytes], object]


@dataclass(frozen=True)
class Parser:
    """A parser, and the real file that it is tried on; `text` where there is none in the mesh."""

    name: str
    parse: Parse
    path: str = ""
    text: str = ""

    @property
    def seed(self) -> bytes:
        return (MESH / self.path).read_bytes() if self.path else self.text.encode()


def _with_source(parse: Callable[[bytes, Source], object]) -> Parse:
    def run(content: bytes) -> tuple[object, tuple[Defect, ...]]:
        source = Source("f", "structure")
        return parse(content, source), tuple(source.defects)

    return run


def _canonical(name: str) -> Parse:
    def run(content: bytes) -> object:
        return parse_canonical(Tree("specs", {name: Entry(Kind.FILE, len(content), content)}))

    return run


PACKAGE = '{"name": "x", "scripts": {"api": "node api.js", "worker": "node worker.js"}}\n'
PYPROJECT = (
    '[project]\nname = "x"\ndependencies = ["a"]\n[tool.uv.sources]\na = { path = "../a" }\n'
)
POLICY = 'version = 1\n[environments.eu]\nkind = "staging"\n[severity]\n"index/stale" = "warn"\n'
OPENAPI = "openapi: 3.0.3\ninfo:\n  title: x\n  version: 1.0.0\npaths: {}\n"
WAIVERS = '[[waivers]]\ncode = "index/stale"\nreason = "r"\nauthor = "a"\nexpires = 2030-01-01\n'
MAKEFILE = "run: build\n\tgo run ./cmd/api\n\n.PHONY: run\n"
PARSERS = (
    Parser("index", lambda c: parse_index(c, "f", GO_MESH), "services/services-index.yaml"),
    Parser("load order", lambda c: parse_load_order(c, "f"), "docs/dependency-load-order.md"),
    Parser("life cycle", lambda c: parse_lifecycle(c, "f"), "docs/service-lifecycle.md"),
    Parser("life cycle rules", lambda c: read_lifecycle_rules(c, "f"), "docs/service-lifecycle.md"),
    Parser("local guide", lambda c: parse_local_dev(c, "f"), "docs/local-dev.md"),
    Parser("scripts guide", lambda c: parse_scripts_guide(c, "f", frozenset({"gate-mesh1.sh"})), "scripts/README.md"),
    Parser("implemented", lambda c: parse_implemented(c, "f"), "tooling/manifests/implemented-services.yaml"),
    Parser("lineage", lambda c: parse_lineage(c, "f"), text="version: 1\naliases:\n  M27-Old: M02-New\nexceptions: [M9]\n"),
    Parser("configuration", lambda c: parse_config(c, "f", "M02-X"), f"{SERVICE}/configs/default.yaml"),
    Parser("compose", lambda c: parse_compose(c, "f", "M02-X"), f"{SERVICE}/deploy/compose/service.compose.yaml"),
    Parser("compose file", lambda c: read_compose(c, "f", "M02-X"), f"{SERVICE}/deploy/compose/service.compose.yaml"),
    Parser("manifest", lambda c: parse_manifest(c, "f", "M02-X"), f"{SERVICE}/deploy/k8s/deployment.yaml"),
    Parser("manifests", _with_source(read_manifests), f"{SERVICE}/deploy/k8s/hpa.yaml"),
    Parser("event", lambda c: parse_event(c, "f", "account.opened", None), "contracts/events/account.opened.json"),
    Parser("proto", lambda c: parse_api_contract(c, "contracts/proto/x.proto", "f"), "contracts/proto/account/v1/account.proto"),
    Parser("openapi", lambda c: parse_api_contract(c, "contracts/openapi/x.yaml", "f"), text=OPENAPI),
    Parser("go.mod", _with_source(lambda c, s: parse_go_mod(c, s, SERVICE)), f"{SERVICE}/go.mod"),
    Parser("go.work", lambda c: parse_go_work(c, "f"), "go.work"),
    Parser("pyproject", _with_source(lambda c, s: parse_pyproject(c, s, SERVICE)), text=PYPROJECT),
    Parser("package.json", _with_source(parse_scripts), text=PACKAGE),
    Parser("variables", lambda c: (parse_dotenv(c, "f"), variable_lines(c, "f")), ".env.example"),
    Parser("settings", lambda c: parse_settings(c, "f"), "tierline.toml"),
    Parser("policy", lambda c: parse_policy(c.decode("utf-8", "replace"), "f"), text=POLICY),
    Parser("waivers", lambda c: parse_waivers(c, "f"), text=WAIVERS),
    Parser("Makefile", lambda c: parse_targets(c, "f"), text=MAKEFILE),
    Parser("Go imports", lambda c: go_imports(c.decode("utf-8", "replace")), f"{SERVICE}/internal/app/bootstrap/bootstrap.go"),
    Parser("Go", lambda c: read_go(c.decode("utf-8", "replace")), f"{SERVICE}/internal/app/bootstrap/bootstrap.go"),
    *(Parser(name, _canonical(name), f"{SPECS}/{name}") for name in FILES),
)  # fmt: skip
BY_NAME = {parser.name: parser for parser in PARSERS}


def defects_in(answer: object) -> list[Defect]:
    """Every defect in what a parser gave, however deep in tuples."""
    if isinstance(answer, Defect):
        return [answer]
    inner = answer if type(answer) in {tuple, list} else ()
    return [one for part in inner for one in defects_in(part)]  # pyright: ignore[reportGeneralTypeIssues]


def assert_showable(answer: object) -> None:
    """No defect shows a control character, or more than a screen of the file."""
    for one in defects_in(answer):
        shown = one.message.replace("\n", " ")
        assert clean(shown, 5000) == shown, one
        assert len(one.message) < 3000
        assert one.place.path and one.place.line >= 0


@pytest.mark.parametrize("name", BY_NAME)
@given(st.lists(damages, min_size=1, max_size=5))
def test_a_damaged_file_gives_values_or_defects(name: str, damage: list[Damage]) -> None:
    parser = BY_NAME[name]
    content = parser.seed
    for one in damage:
        content = one(content)
    assert_showable(parser.parse(content))


@pytest.mark.parametrize("name", BY_NAME)
def test_a_file_that_grows_ends(name: str) -> None:
    parser = BY_NAME[name]
    for bomb in BOMBS:
        for content in (parser.seed + bomb, parser.seed[: len(parser.seed) // 2] + bomb):
            assert_showable(parser.parse(content))


@pytest.mark.slow
@pytest.mark.parametrize("name", BY_NAME)
def test_a_small_file_never_grows_large_in_memory(name: str) -> None:
    for bomb in BOMBS:
        tracemalloc.start()
        BY_NAME[name].parse(bomb)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < MEMORY, (bomb[:20], peak)


@cache
def go_mesh() -> Sound:
    return sound("go", MESH)


def files_of_mesh() -> list[str]:
    return sorted(path for path, one in go_mesh().loaded.tree.entries.items() if one.content)


@given(st.lists(st.tuples(st.sampled_from(files_of_mesh()), damages), min_size=1, max_size=4))
def test_gates_take_any_mesh(damage: list[tuple[str, Damage]]) -> None:
    tree = go_mesh().loaded.tree
    entries = dict(tree.entries)
    for path, one in damage:
        content = one(entries[path].content or b"")
        entries[path] = Entry(Kind.FILE, len(content), content)
    for finding in judged(replace(tree, entries=entries), go_mesh().loaded.canonical):
        assert finding.code in CODES
        assert finding.message and finding.place and finding.place.path
        assert clean(finding.message.replace("\n", " "), 5000) == finding.message.replace("\n", " ")


@given(st.sampled_from(files_of_mesh()), st.sampled_from(BOMBS))
def test_gates_survive_files_that_grow(path: str, bomb: bytes) -> None:
    tree = go_mesh().loaded.tree
    content = (tree.entries[path].content or b"") + bomb
    entries = {**tree.entries, path: Entry(Kind.FILE, len(content), content)}
    assert judged(replace(tree, entries=entries), go_mesh().loaded.canonical)

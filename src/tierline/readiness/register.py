"""May a service be listed as implemented? The rules of the lifecycle document, as far as they show.

Knows no disk and no journal: what was read of the sources and what was verified comes as values.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field

from tierline.facts.decision import Decision, Severity, decision_of, worst
from tierline.frozen import frozen
from tierline.mesh.clean import clean
from tierline.mesh.defect import Place
from tierline.mesh.model import Mesh, Service
from tierline.mesh.names import short_id
from tierline.mesh.tree import Kind, Tree
from tierline.readiness.code import worst_severity
from tierline.readiness.lifecycle import missing_contracts
from tierline.readiness.model import Check, Finding
from tierline.regex import regex

OK, WARN, UNKNOWN, FAIL = Severity.OK, Severity.WARN, Severity.UNKNOWN, Severity.FAIL
KINDS = ("unit", "integration", "contract")
_TESTS = "tests"
_SOURCES = (".go", ".py", ".js", ".ts", ".mjs", ".java", ".kt", ".rs", ".rb", ".cs")
_NOT_OURS = frozenset({"vendor", "node_modules", "gen", "testdata", "meshkit", "__pycache__"})
_PLACEHOLDER = regex(
    r"(?:\b(?:print|println|printf|log|info|warn|error|fatal|echo|panic)\w*\s*\()"
    r".*(?:to be implemented|not (?:yet )?implemented|placeholder|coming soon)",
    re.IGNORECASE,
)
_LINES = 20_000
"""of a file that are looked through"""


@frozen
class Item:
    """One line of a checklist. `name` is a rule: code, tests, contracts, or a gate."""

    name: str
    status: Severity
    message: str
    place: Place | None = None
    fix: str = ""


@frozen
class Checklist:
    """Everything that decides on one service; a service that is listed already has no items."""

    service_id: str
    items: tuple[Item, ...] = ()

    @property
    def listed(self) -> bool:
        """Whether there was nothing to decide."""
        return not self.items

    @property
    def decision(self) -> Decision:
        """GO: it may be listed."""
        return worst(decision_of(item.status) for item in self.items)


@frozen
class Programs:
    """What is known of services beyond the mesh.

    `tree` has the content of their sources. `scaffolds` are services whose program is still the one
    that `tierline init` wrote. `verified` maps service -> whether the journal has it verified at the
    revision that is there now; an absent one was never verified. `environment` is that journal's.
    """

    tree: Tree
    environment: str
    scaffolds: frozenset[str] = frozenset()
    verified: Mapping[str, bool] = field(default_factory=dict[str, bool])


def is_source(path: str) -> bool:
    """Whether a path (relative to the mesh root) is a program's source below a service."""
    parts = path.split("/")
    inner = set(parts[3:-1])
    return (
        parts[0] == "services"
        and len(parts) > 3
        and path.endswith(_SOURCES)
        and not (_NOT_OURS & inner)
    )


def checklist(service: Service, mesh: Mesh, check: Check, programs: Programs) -> Checklist:
    """The checklist of one service that the index declares."""
    name = service.service_id
    if any(entry.service_id == name for entry in mesh.implemented or ()):
        return Checklist(name)
    gates, evidence = _split(name, check)
    return Checklist(
        name,
        (
            *_code(service, programs),
            _tests(service, programs.tree),
            *_contracts(service, programs.tree),
            *_evidence(evidence, check),
            *_gates(gates),
            _verified(service, programs),
        ),
    )


def _split(name: str, check: Check) -> tuple[list[Finding], list[Finding]]:
    """What gates found of the service, and what there is about test evidence."""
    own = [one for one in check.findings if one.service_id == name]
    gates = [one for one in own if one.gate != _TESTS and one.code != "lifecycle/not-listed"]
    about = [one for one in own if one.gate == _TESTS]
    whole = [one for one in check.findings if one.gate == _TESTS and one.service_id is None]
    return gates, about or whole


def _code(service: Service, programs: Programs) -> Iterator[Item]:
    sources = [path for path in _files(service, programs.tree) if is_source(path)]
    own = [path for path in sources if not _is_test(path)]
    if service.service_id in programs.scaffolds:
        place = Place(programs.tree.shown(f"{service.path}/internal/app/bootstrap"))
        message = "its program is still the scaffold that tierline init wrote"
        yield Item("code", FAIL, message, place, "write what the service is for")
        return
    unread = [path for path in own if programs.tree.entries[path].content is None]
    said = [item for path in own for item in _placeholders(path, programs.tree)]
    yield from said
    if unread or not own:
        what = f"{unread[0]} could not be read" if unread else "no source in a language known here"
        yield Item("code", UNKNOWN, what, Place(programs.tree.shown(service.path)),
                   "look at it, and list the service by hand")  # fmt: skip
    elif not said:
        yield Item("code", OK, f"{len(own)} source files, none prints a placeholder")


def _placeholders(path: str, tree: Tree) -> Iterator[Item]:
    text = (tree.entries[path].content or b"").decode(errors="replace")
    for number, line in enumerate(text.split("\n")[:_LINES], 1):
        if _PLACEHOLDER.search(line[:500]):
            message = f"it prints a placeholder: {clean(line.strip(), 80)}"
            place = Place(tree.shown(path), number, 1)
            yield Item("code", FAIL, message, place, "write what belongs there")
            return


def _tests(service: Service, tree: Tree) -> Item:
    """Files of each kind; that they pass is for the evidence to say."""
    files = _files(service, tree)
    found = {kind for kind in KINDS for path in files if _is_of_kind(path, kind)}
    if any(_is_beside_code(path) for path in files):
        found.add("unit")
    missing = [kind for kind in KINDS if kind not in found]
    if not missing:
        return Item(_TESTS, OK, "unit, integration and contract tests are there")
    place = Place(tree.shown(f"{service.path}/tests"))
    fix = f"write some in {' and '.join(f'tests/{kind}' for kind in missing)}"
    return Item(_TESTS, FAIL, f"no {', no '.join(missing)} tests", place, fix)


def _is_test(path: str) -> bool:
    return path.split("/")[3] == "tests" or _is_beside_code(path)


def _is_beside_code(path: str) -> bool:
    """A unit test that lies beside what it tests, as Go and Node have it."""
    return path.endswith(("_test.go", ".test.ts", ".test.js")) and path.split("/")[3] != "tests"


def _is_of_kind(path: str, kind: str) -> bool:
    inner = path.split("/")[3:]
    return inner[:2] == ["tests", kind] and inner[-1] != ".gitkeep" and "__pycache__" not in inner


def _files(service: Service, tree: Tree) -> list[str]:
    head = f"{service.path}/"
    if not service.path:
        return []
    return [
        path
        for path, entry in tree.entries.items()
        if path.startswith(head) and entry.kind is Kind.FILE and entry.size
    ]


def _contracts(service: Service, tree: Tree) -> Iterator[Item]:
    missing = list(missing_contracts(service, service.place, tree))
    for one in missing:
        yield Item("contracts", FAIL, one.message, one.place, one.fix)
    folder = service.path.rpartition("/")[2]
    names = [f"contracts/openapi/{folder}.{end}" for end in ("yaml", "yml", "json")]
    if service.serves_http and folder and not any(name in tree.entries for name in names):
        place = Place(tree.shown("contracts/openapi"))
        yield Item("contracts", WARN, f"no {names[0]}", place, "describe its HTTP interface there")
    elif not missing:
        events = len({*service.consumes, *service.produces})
        parts = ["that of its HTTP interface"] if service.serves_http else []
        parts += [f"{events} of events"] if events else []
        yield Item("contracts", OK, " and ".join(parts) or "it promises nothing to others")


def _evidence(found: Iterable[Finding], check: Check) -> Iterator[Item]:
    """What gate tests says; one that judged nothing has proven nothing."""
    told = [Item("evidence", one.status, one.message, None, one.fix) for one in found]
    yield from told
    result = next((one for one in check.gates if one.gate == _TESTS), None)
    if told:
        return
    if result is not None and result.status in {OK, WARN}:
        yield Item("evidence", OK, "gate tests has nothing against it")
    else:
        reason = result.reason if result else ""
        yield Item("evidence", UNKNOWN, f"test evidence: {reason or 'not judged'}")


def _gates(found: Iterable[Finding]) -> Iterator[Item]:
    told = [Item(one.gate, one.status, one.message, one.place, one.fix) for one in found]
    yield from told
    if worst_severity([item.status for item in told]) in {OK, WARN}:
        yield Item("gates", OK, "no gate fails on it")


def _verified(service: Service, programs: Programs) -> Item:
    """A hint, never a condition: another machine may have verified it."""
    name, where = service.service_id, programs.environment
    if programs.verified.get(name):
        return Item("runs", OK, f"verified in {where} at this revision")
    known = name in programs.verified
    message = f"verified in {where} at another revision" if known else f"never verified in {where}"
    return Item("runs", WARN, message, None, f"tierline rollout +{short_id(name)}")

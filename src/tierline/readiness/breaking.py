"""Judges what changed in the contracts of events and interfaces since the reference, and who breaks.

Which changes there are, `contracts` says; here they become findings of the service that provides.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tierline.contracts.change import Change, Kind, Side
from tierline.contracts.files import ContractFile, has_contracts
from tierline.contracts.opinion import Opinion, with_opinion
from tierline.contracts.shared import NO_LIBRARIES, Libraries, concerned, libraries
from tierline.facts.decision import Decision
from tierline.facts.reference import ContractsThen, NoReference
from tierline.frozen import frozen
from tierline.mesh.api_contracts import parse_api_contract
from tierline.mesh.clean import clean
from tierline.mesh.contract_owner import api_owner
from tierline.mesh.defect import Defect, Place
from tierline.mesh.event_contract import event_of
from tierline.mesh.model import Mesh
from tierline.policy.model import Policy
from tierline.readiness.allowed import Bearers
from tierline.readiness.facts import GateFacts

GATES = {Kind.EVENT: "event-breaking", Kind.OPENAPI: "openapi-breaking"}
_COUNTING = {
    Kind.EVENT: frozenset({Side.READER, Side.WRITER}),
    Kind.OPENAPI: frozenset({Side.CONSUMER}),
    Kind.PROTO: frozenset({Side.CONSUMER}),
}
"""whose break is a finding; a provider is rolled out before its new consumers"""
_NAMES = {Kind.EVENT: "event contract", Kind.OPENAPI: "OpenAPI document"}


@frozen
class Compared:
    """One contract file with its changes, the services that answer for it, and those that use it."""

    file: ContractFile
    providers: tuple[str, ...]
    users: tuple[str, ...]
    changes: tuple[Change, ...]
    asked: str = ""
    """the program that was asked, too, with its version"""


def judge_event_breaking(mesh: Mesh, facts: GateFacts, _policy: Policy) -> Iterable[Defect]:
    """Findings of changes of events."""
    return _judge(mesh, facts, Kind.EVENT)


def judge_openapi_breaking(mesh: Mesh, facts: GateFacts, _policy: Policy) -> Iterable[Defect]:
    """Findings of changes of interfaces."""
    return _judge(mesh, facts, Kind.OPENAPI)


def events_off(_mesh: Mesh, facts: GateFacts, _policy: Policy) -> str:
    """Why events are not asked for this time."""
    return _off(facts, Kind.EVENT)


def openapi_off(_mesh: Mesh, facts: GateFacts, _policy: Policy) -> str:
    """Why interfaces are not asked for this time."""
    return _off(facts, Kind.OPENAPI)


def _off(facts: GateFacts, kind: Kind) -> str:
    if not isinstance(facts.then, ContractsThen):
        return ""
    if concerned(kind, facts.then.files, facts.tree):
        return ""
    if not has_contracts(kind, facts.tree, facts.then.files):
        return f"there is no {_NAMES[kind]}, now or then"
    return f"no {_NAMES[kind]} differs from {clean(facts.then.reference.name)}"


def _judge(mesh: Mesh, facts: GateFacts, kind: Kind) -> Iterator[Defect]:
    if isinstance(facts.then, ContractsThen):
        bearers = Bearers(mesh, facts.crossing)
        for one in compared(mesh, facts, facts.then, kind):
            for change in one.changes:
                yield from _defects(one, change, facts.then, bearers)
        return
    reason = (
        f"nothing to compare with: {facts.then.reason}" if facts.then else "nobody has asked git"
    )
    fix = facts.then.fix if isinstance(facts.then, NoReference) else ""
    yield Defect(f"{GATES[kind]}/no-reference", reason, Place(facts.tree.shown("contracts")), fix)


def compared(mesh: Mesh, facts: GateFacts, then: ContractsThen, kind: Kind) -> tuple[Compared, ...]:
    """Every contract of a kind that differs, by itself or by a schema that it shares."""
    files = concerned(kind, then.files, facts.tree)
    shared = libraries(then.files, facts.tree) if files else NO_LIBRARIES
    return tuple(_compared(mesh, file, shared, facts.oasdiff.get(file.path)) for file in files)


def _compared(
    mesh: Mesh, file: ContractFile, shared: Libraries, opinion: Opinion | None
) -> Compared:
    from tierline.contracts.compare_file import compare_file  # noqa: PLC0415 - few contracts change

    ours = compare_file(file, shared)
    parties = _parties(mesh, file)
    if opinion is None:
        return Compared(file, *parties, ours)
    return Compared(file, *parties, with_opinion(ours, opinion), opinion.told)


def verdict_of(found: Iterable[Compared]) -> Decision:
    """NO-GO where a change breaks somebody who counts, HOLD where one may."""
    counting = [
        (change.breaks & _COUNTING[change.kind], change.unknown & _COUNTING[change.kind])
        for one in found
        for change in one.changes
    ]
    if any(breaks for breaks, _ in counting):
        return Decision.NO_GO
    return Decision.HOLD if any(unknown for _, unknown in counting) else Decision.GO


def _parties(mesh: Mesh, file: ContractFile) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Who answers for a contract, and who uses it."""
    if file.kind is Kind.EVENT:
        event = event_of(file.path) or ""
        producers = [one.service_id for one in mesh.services.values() if event in one.produces]
        consumers = [one.service_id for one in mesh.services.values() if event in one.consumes]
        return tuple(producers), tuple(consumers)
    entry = file.new or file.old
    content = entry.content if entry else None
    read = parse_api_contract(content, file.path, file.shown)[0] if content is not None else None
    owner = api_owner(file.path, read.name if read else "", mesh.services)
    return ((owner,), mesh.graph.dependents.get(owner, ())) if owner else ((), ())


def _defects(
    one: Compared, change: Change, then: ContractsThen, bearers: Bearers
) -> Iterator[Defect]:
    counting = _COUNTING[change.kind]
    breaks, unknown = change.breaks & counting, change.unknown & counting
    if not breaks and not unknown:
        return
    code = f"{GATES[change.kind]}/{change.rule if breaks else 'undecided'}"
    allowed = "" if unknown else bearers.all_of(one.file.path, one.providers, breaks)
    if allowed:
        code = f"{GATES[change.kind]}/allowed"
    place = change.new.place if change.new else Place(one.file.shown)
    parts = (
        f"{change.subject}: {change.message}",
        *(_who(side, one, "breaks") for side in sorted(breaks) if not allowed),
        *(_who(side, one, "may break") for side in sorted(unknown)),
        allowed,
        _where(change, clean(then.reference.name)),
    )
    message = "; ".join(part for part in parts if part)
    for service_id in one.providers or (None,):
        yield Defect(code, message, place, "", service_id)


def _who(side: Side, one: Compared, verb: str) -> str:
    """Whom it breaks, in words and by name."""
    users, providers = (", ".join(names) for names in (one.users, one.providers))
    told = {
        Side.READER: f"{verb} readers of the old contract (forward)",
        Side.WRITER: f"{verb} new readers of old events (backward)",
        Side.CONSUMER: f"{verb} consumers of the old contract",
        Side.PROVIDER: f"{verb} providers of the old contract",
    }[side]
    names = providers if side is Side.PROVIDER else users
    return f"{told}: {names}" if names else told


def _where(change: Change, reference: str) -> str:
    """The pointers on both sides, and the line at the reference."""
    if change.old is None or change.new is None:
        return ""
    then = f"line {change.old.place.line} at {reference}"
    if change.old.pointer == change.new.pointer:
        return f"at {clean(change.new.pointer, 200)}, {then}"
    return f"at {clean(change.new.pointer, 200)}, was at {clean(change.old.pointer, 200)}, {then}"

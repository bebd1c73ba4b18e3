"""The words by which people choose services; knows no git and no disk.

`M05`, a full id, `+M05` (with owners), `M05+` (with dependents), `2+M05+1` (so many steps),
`domain:`, `tier:`, `batch:`, `changed:`, `outdated`, `file:`. A blank is union, a comma is
intersection and binds tighter. Double quotes keep blanks and commas together.

What only the outside world can answer (`changed:`, `outdated`, `file:`) is asked for as needs, which
whoever may look at the world gathers beforehand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum

from tierline.errors import UsageError
from tierline.frozen import frozen
from tierline.mesh.clean import clean
from tierline.mesh.closure import reach
from tierline.mesh.graph import Graph, batch_id
from tierline.mesh.index import PATH as INDEX
from tierline.mesh.model import Mesh
from tierline.mesh.names import SHORT_ID, is_service_id, nearest, nearest_services
from tierline.regex import regex

EXAMPLES = "M05, +M05, M05+, 2+M05+1, domain:data-ai, tier:0, batch:t2-l0, changed:main, outdated"
LONGEST = 100_000
"""characters of a selection"""
_MOST_OFFERED = 7

_PIECE = regex(r'\s+|,|(?:[^\s,"]|"[^"]*")+|"')
_TERM = regex(
    r"(?:(?P<up>[0-9]{0,4})(?P<owners>\+))?(?P<body>.*?)(?:(?P<dependents>\+)(?P<down>[0-9]{0,4}))?",
    re.DOTALL,
)
_BATCH = regex(r"t[0-9]{1,3}-l[0-9]{1,6}")
_TIER = regex(r"[0-9]{1,3}")


class Method(StrEnum):
    """How a term finds services."""

    SERVICE = "service"
    DOMAIN = "domain"
    TIER = "tier"
    BATCH = "batch"
    CHANGED = "changed"
    OUTDATED = "outdated"
    FILE = "file"


GATHERED = frozenset({Method.CHANGED, Method.OUTDATED, Method.FILE})


@frozen
class Need:
    """Something that only the world can answer: a git reference, what is outdated, a file's list."""

    kind: Method
    argument: str = ""


@frozen
class Term:
    """One word of a selection. `owners`/`dependents`: steps to add; None none, -1 all the way."""

    text: str
    method: Method
    argument: str
    owners: int | None = None
    dependents: int | None = None


@frozen
class Selection:
    """A union of intersections of terms; no union at all is the whole mesh."""

    text: str
    unions: tuple[tuple[Term, ...], ...] = ()


def parse_selection(text: str) -> Selection:
    """The selection that `text` writes. UsageError names every word that is none."""
    if len(text) > LONGEST:
        raise UsageError(
            f"a selection of {len(text)} characters (limit {LONGEST})",
            code="selection/too-long",
            fix="put the ids into a file: file:PATH",
        )
    unions: list[tuple[Term, ...]] = []
    wrong: list[str] = []
    for words in _split(text):
        terms: list[Term] = []
        for word in words:
            term = _term(word)
            if isinstance(term, Term):
                terms.append(term)
            else:
                wrong.append(term)
        unions.append(tuple(terms))
    if wrong:
        raise UsageError(
            "; ".join(wrong), code="selection/syntax", fix=f"write for example {EXAMPLES}"
        )
    return Selection(text, tuple(unions))


def needs(selection: Selection) -> frozenset[Need]:
    """What must be gathered before `select`."""
    terms = (term for union in selection.unions for term in union)
    return frozenset(Need(term.method, term.argument) for term in terms if term.method in GATHERED)


def select(
    selection: Selection, mesh: Mesh, gathered: Mapping[Need, frozenset[str]]
) -> tuple[str, ...]:
    """The chosen service ids in the index's order.

    UsageError where a term means nothing in this mesh (all of them at once, with the nearest names)
    and where nothing is chosen: nothing is never GO. Every need must be among `gathered`: services,
    or for a file the names that it lists, short or full.
    """
    if not mesh.services:
        raise _nothing_declared(mesh)
    chosen: set[str] = set()
    wrong: list[str] = []
    for union in selection.unions:
        sets = [_services(term, mesh, gathered, wrong) for term in union]
        chosen |= sets[0].intersection(*sets[1:])
    if wrong:
        raise UsageError(
            "; ".join(dict.fromkeys(wrong)),
            code="selection/unknown",
            fix=f"write for example {EXAMPLES}",
        )
    names = tuple(name for name in mesh.services if not selection.unions or name in chosen)
    if not names:
        raise UsageError(
            f"{clean(selection.text)} chooses no service",
            code="selection/empty",
            fix="choose at least one; tierline plan shows all of them",
        )
    return names


def _nothing_declared(mesh: Mesh) -> UsageError:
    index = f"{mesh.label}/{INDEX}"
    why = [f" ({d.place}: {d.message})" for d in mesh.defects if d.place.path == index]
    if not why:
        return UsageError(
            f"{clean(mesh.name)} has no services yet, and a release of nothing is never GO",
            code="selection/empty",
            fix="add one: tierline init --service ID --domain DOMAIN; for what else: tierline check",
        )
    return UsageError(
        f"{clean(mesh.name)} declares no service{why[0]}",
        code="selection/empty",
        fix="mend its index; tierline check shows everything that is wrong",
    )


def _split(text: str) -> list[list[str]]:
    """Words that commas join, for every blank-separated group; `a, b` is one group."""
    groups: list[list[str]] = []
    joined = False
    for piece in _PIECE.findall(text):
        if piece.isspace():
            continue
        if piece == ",":
            if joined or not groups:
                groups.append([""])
            joined = True
        elif joined:
            groups[-1].append(piece)
            joined = False
        else:
            groups.append([piece])
    if joined:
        groups[-1].append("")
    return groups


def _term(word: str) -> Term | str:
    """The term that a word writes, or what is wrong with it."""
    plain = word.replace('"', "") if word.count('"') % 2 == 0 else ""
    shown = clean(word) or "a comma"
    match = _TERM.fullmatch(plain)
    if not plain or match is None:
        return f"{shown}: {'a quote is not closed' if word else 'joins nothing'}"
    if plain.startswith("file:"):
        return Term(word, Method.FILE, plain.removeprefix("file:"))
    owners = _steps(match["owners"], match["up"])
    dependents = _steps(match["dependents"], match["down"])
    body = match["body"]
    prefix, colon, argument = body.partition(":")
    if body == Method.OUTDATED:
        return Term(word, Method.OUTDATED, "", owners, dependents)
    if not colon:
        good = SHORT_ID.fullmatch(body) or is_service_id(body) or re.fullmatch(r"[\w.&+-]+", body)
        return Term(word, Method.SERVICE, body, owners, dependents) if good else f"{shown}: no name"
    methods = (Method.DOMAIN, Method.TIER, Method.BATCH, Method.CHANGED)
    if prefix not in methods:
        close = nearest(prefix, (*methods, Method.FILE)) or methods
        return f"{shown}: no selector is called {clean(prefix)} ({', '.join(close)}?)"
    method = Method(prefix)
    if (problem := _bad_argument(method, argument)) is not None:
        return f"{shown}: {problem}"
    return Term(word, method, argument, owners, dependents)


def _steps(plus: str | None, count: str | None) -> int | None:
    if not plus:
        return None
    return int(count) if count else -1


def _bad_argument(method: Method, argument: str) -> str | None:
    if not argument:
        return f"{method}: needs a value"
    if method is Method.TIER and not _TIER.fullmatch(argument):
        return "a tier is a number"
    if method is Method.BATCH and not _BATCH.fullmatch(argument):
        return "a batch is written t<tier>-l<level>"
    return "a reference does not begin with -" if argument.startswith("-") else None


def _services(
    term: Term, mesh: Mesh, gathered: Mapping[Need, frozenset[str]], wrong: list[str]
) -> frozenset[str]:
    if term.method is Method.FILE:
        listed = gathered[Need(term.method, term.argument)]
        found = _by_names(listed, clean(term.text), mesh, wrong)
    elif term.method in GATHERED:
        found = gathered[Need(term.method, term.argument)] & mesh.services.keys()
    else:
        found, problem = _FINDERS[term.method](term.argument, mesh)
        if problem:
            wrong.append(f"{clean(term.text)}: {problem}")
    graph = mesh.graph
    reached = set(found)
    if term.owners is not None:
        reached |= _reach(graph.owners, found, term.owners)
    if term.dependents is not None:
        reached |= _reach(graph.dependents, found, term.dependents)
    return frozenset(reached)


def _reach(edges: Mapping[str, Iterable[str]], start: Iterable[str], steps: int) -> set[str]:
    return set(reach(edges, start, None if steps < 0 else steps))


_Found = tuple[frozenset[str], str]
"""services, and what is wrong where there are none"""


def _by_name(name: str, mesh: Mesh) -> _Found:
    if name in mesh.services:
        return frozenset({name}), ""
    short = [service.service_id for service in mesh.services.values() if service.short_id == name]
    if len(short) == 1:
        return frozenset(short), ""
    if short:
        return frozenset(), f"{clean(name)} is the short id of {' and of '.join(short)}"
    return frozenset(), _unknown("service", name, nearest_services(name, mesh.services))


def _by_names(names: Iterable[str], where: str, mesh: Mesh, wrong: list[str]) -> frozenset[str]:
    """What a list names; a name that means nothing is an error, not a gap."""
    results = [_by_name(name, mesh) for name in sorted(names)]
    wrong.extend(f"{where}: {problem}" for _, problem in results if problem)
    return frozenset[str]().union(*(found for found, _ in results))


def _by_domain(domain: str, mesh: Mesh) -> _Found:
    found = frozenset(name for name, service in mesh.services.items() if service.domain == domain)
    domains = {*mesh.profile.domains, *(service.domain for service in mesh.services.values())}
    if found or domain in domains:
        return found, ""
    return found, _unknown("domain", domain, nearest(domain, sorted(domains)), sorted(domains))


def _by_tier(tier: str, mesh: Mesh) -> _Found:
    """By declared tier; effective tiers are what batches are made of."""
    number = int(tier)
    found = frozenset(name for name, own in mesh.graph.tiers.items() if own == number)
    known = {*mesh.graph.tiers.values(), *mesh.profile.domains.values()}
    if found or number in known:
        return found, ""
    return found, _unknown("tier", tier, (), [str(number) for number in sorted(known)])


def _by_batch(batch: str, mesh: Mesh) -> _Found:
    batches = batches_of(mesh.graph)
    if batch in batches:
        return frozenset(batches[batch]), ""
    return frozenset(), _unknown("batch", batch, nearest(batch, batches), batches)


def batches_of(graph: Graph) -> dict[str, tuple[str, ...]]:
    """Batch id -> its services in the graph's order, first batch first; none on a cycle."""
    found: dict[str, list[str]] = {}
    for name in graph.order:
        found.setdefault(batch_id(graph.effective_tiers[name], graph.levels[name]), []).append(name)
    return {batch: tuple(names) for batch, names in found.items()}


def _unknown(what: str, name: str, close: Iterable[str], known: Iterable[str] = ()) -> str:
    """That there is no such thing; with those that look alike, else with the first of all."""
    fact = f"no {what} is called {clean(name)}"
    if offered := ", ".join(dict.fromkeys(close)):
        return f"{fact} (did you mean {offered}?)"
    every = tuple(known)
    more = ", ..." if len(every) > _MOST_OFFERED else ""
    return f"{fact} (there is {', '.join(every[:_MOST_OFFERED])}{more})" if every else fact


_FINDERS = {
    Method.SERVICE: _by_name,
    Method.DOMAIN: _by_domain,
    Method.TIER: _by_tier,
    Method.BATCH: _by_batch,
}

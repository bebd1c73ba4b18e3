"""Gate alias-lineage: does whoever meets a retired id find who took over from it?

The table of aliases is the mesh's own, else what successors say that they supersede. Knows nothing
of who still uses an alias: gate owners does.
"""

from __future__ import annotations

from collections.abc import Iterator

from tierline.frozen import frozen
from tierline.mesh.canonical import CATEGORIES
from tierline.mesh.clean import clean
from tierline.mesh.defect import Defect, Place
from tierline.mesh.manifests import ALIASES
from tierline.mesh.model import Alias, Canonical, Mesh
from tierline.mesh.names import nearest, short_id
from tierline.policy.model import Policy
from tierline.readiness.facts import GateFacts, told_unread


@frozen
class _Table:
    """Who took over from whom; `own`: the mesh says so itself, and not its category map."""

    aliases: tuple[Alias, ...]
    exceptions: frozenset[str]
    own: bool


def judge_alias_lineage(mesh: Mesh, facts: GateFacts, policy: Policy) -> Iterator[Defect]:
    """Every alias that cannot be followed, and every id that may be missing without being one."""
    del policy
    shown = facts.tree.shown(ALIASES)
    if mesh.lineage is None and ALIASES in facts.tree.entries:
        if shown not in told_unread(mesh.defects):
            yield _not_judged(f"nothing was read of {ALIASES}", Place(shown))
        return
    table = _table(mesh)
    if table is None:
        message = f"neither {ALIASES} nor {CATEGORIES} is at hand: who knows which ids are retired?"
        yield _not_judged(message, Place(shown))
        return
    for alias in table.aliases:
        yield from _alias(alias, mesh)
    if table.aliases or mesh.canonical.retired is not None:
        yield from _category_map(table, mesh, shown)


def _table(mesh: Mesh) -> _Table | None:
    exceptions = frozenset(mesh.settings.alias_exceptions)
    if mesh.lineage is not None:
        return _Table(mesh.lineage.aliases, exceptions | {*mesh.lineage.exceptions}, own=True)
    canonical = mesh.canonical
    if canonical.supersedes is None:
        return None
    aliases = (
        Alias(old, successor, _place(canonical, f"supersedes:{successor}:{old}"))
        for successor, olds in canonical.supersedes.items()
        for old in olds
    )
    return _Table(tuple(aliases), exceptions, own=False)


def _alias(alias: Alias, mesh: Mesh) -> Iterator[Defect]:
    """What one line of the table gets wrong by the index alone."""
    architecture = mesh.canonical.architecture
    known = {*mesh.services, *(architecture or ())}
    if alias.service_id == alias.successor:
        message = f"{alias.service_id} is named as its own successor"
        yield _defect("self", message, alias.place, "name the service that took over")
        return
    if alias.service_id in mesh.services:
        message = f"{alias.service_id} is retired, and the index still has it"
        fix = "drop it from the canonical inputs of the index, or from the aliases"
        yield _defect("still-there", message, alias.place, fix, alias.service_id)
    if alias.successor not in known and architecture is None:
        message = f"whether {alias.successor}, which is not in the index, exists was not judged"
        yield _not_judged(message, alias.place)
    elif alias.successor not in known:
        close = nearest(alias.successor, known)
        fix = f"did you mean {' or '.join(close)}?" if close else "name a service that exists"
        message = f"{alias.service_id}: nobody knows its successor {alias.successor}"
        yield _defect("unknown-successor", message, alias.place, fix)


def _category_map(table: _Table, mesh: Mesh, shown: str) -> Iterator[Defect]:
    """Where the table and `service-category-map.yaml` disagree."""
    canonical = mesh.canonical
    if canonical.retired is None or canonical.supersedes is None:
        unread = canonical.places.get("categories")
        if unread is None or unread.path not in told_unread(mesh.defects):
            message = f"{CATEGORIES} is not at hand, so its ids and successors were not compared"
            yield _not_judged(message, unread or Place(shown))
        return
    retired = {short_id(one): one for one in canonical.retired}
    successors: dict[str, str] = {}
    for alias in table.aliases:
        first = successors.setdefault(alias.service_id, alias.successor)
        if first != alias.successor:
            message = f"{alias.service_id} has two successors, {first} and {alias.successor}"
            yield _defect("two-successors", message, alias.place, "name the one that took over")
        if short_id(alias.service_id) not in retired:
            message = f"{alias.service_id} is an alias, and allow_missing_ids has no {short_id(alias.service_id)}"
            fix = f"add {short_id(alias.service_id)} to allow_missing_ids of {CATEGORIES}"
            yield _defect("not-retired", message, alias.place, fix)
        if table.own and alias.service_id not in canonical.supersedes.get(alias.successor, ()):
            yield _not_superseded(alias, canonical)
    yield from _allowed(retired, table, canonical)
    if table.own:
        yield from _not_in_table(successors, canonical)


def _allowed(retired: dict[str, str], table: _Table, canonical: Canonical) -> Iterator[Defect]:
    """Ids that may be missing: each an alias or an exception, none a successor."""
    aliases = {short_id(alias.service_id) for alias in table.aliases}
    followed = {short_id(alias.successor): alias for alias in table.aliases}
    for short, written in retired.items():
        place = _place(canonical, f"retired:{written}")
        if short in followed:
            alias = followed[short]
            message = f"{short} may be missing, but it took over from {alias.service_id}"
            fix = f"remove it from allow_missing_ids, or name who took over from {alias.successor}"
            yield _defect("successor-retired", message, place, fix)
        elif short not in aliases | table.exceptions:
            message = f"{clean(written)} may be missing, and nobody took over from it"
            fix = f"name its successor in {ALIASES}, or except it in tierline.toml: "
            fix += f'[alias_lineage] exceptions = ["{short}"]'
            yield _defect("unexplained", message, place, fix)


def _not_superseded(alias: Alias, canonical: Canonical) -> Defect:
    name = alias.successor
    said = canonical.supersedes.get(name, ()) if canonical.supersedes else ()
    close = [old for old in said if short_id(old) == short_id(alias.service_id)]
    words = f", only {', '.join(close or said)}" if said else ""
    place = _place(canonical, f"supersedes:{name}", f"category:{name}")
    message = f"{name} took over from {alias.service_id}, and its `supersedes` does not name it"
    fix = f"add {alias.service_id} to `supersedes` of {name}"
    return _defect("not-superseded", message + words, place, fix)


def _not_in_table(successors: dict[str, str], canonical: Canonical) -> Iterator[Defect]:
    for name, olds in (canonical.supersedes or {}).items():
        for old in olds:
            if old not in successors:
                message = f"{name} supersedes {old}, which {ALIASES} does not have"
                place = _place(canonical, f"supersedes:{name}:{old}")
                yield _defect("not-in-table", message, place, f"add to its aliases: {old}: {name}")


def _place(canonical: Canonical, *keys: str) -> Place:
    found = (canonical.places[key] for key in keys if key in canonical.places)
    return next(found, canonical.places.get("categories", Place(CATEGORIES)))


def _not_judged(message: str, place: Place) -> Defect:
    fix = f"write {ALIASES}, and put {CATEGORIES} where the inputs of the index are"
    return _defect("not-judged", message, place, fix)


def _defect(
    slug: str, message: str, place: Place, fix: str, service_id: str | None = None
) -> Defect:
    return Defect(f"alias-lineage/{slug}", message, place, fix, service_id)

"""Where a service stands in the order and in its life cycle, and who is around it."""

from __future__ import annotations

from tierline.context.facts import Facts
from tierline.context.model import Neighbour, Order, Standard, Where
from tierline.mesh import load_order, manifests
from tierline.mesh.graph import batch_id
from tierline.mesh.lifecycle import STATES
from tierline.mesh.model import LoadOrder, Mesh, Service


def batch_of(mesh: Mesh, service_id: str) -> str:
    """The batch of a service of the mesh; "" for others and behind a cycle."""
    graph = mesh.graph
    if service_id not in graph.levels:
        return ""
    return batch_id(graph.effective_tiers[service_id], graph.levels[service_id])


def order_of(service: Service, facts: Facts) -> Order:
    """Its place by the owners, and by the load order document."""
    mesh, name = facts.mesh, service.service_id
    graph, stated = mesh.graph, mesh.load_order or LoadOrder()
    lookup = facts.lookup
    level, tier = lookup.levels.get(name), lookup.tiers.get(name)
    place = stated.places.get(f"service:{name}")
    order = Order(
        tier=service.tier,
        effective_tier=graph.effective_tiers.get(name),
        level=graph.levels.get(name),
        batch=batch_of(mesh, name),
        raised_by=lookup.raised_by.get(name, ""),
        stated_level=level,
        stated_tier=tier,
        stated_at=place or stated.places.get(f"tier:{tier}"),
    )
    _remarks(service, order, facts)
    return order


def _remarks(service: Service, order: Order, facts: Facts) -> None:
    name = service.service_id
    if order.level is None:
        message = f"{name} is on a cycle of owners or behind one, so it has no batch"
        facts.inputs.remark("not-ordered", message, service.place, "", name)
    if facts.mesh.load_order is None:
        return
    if order.stated_level is None and order.stated_tier is None:
        message = f"{load_order.PATH} does not name it"
        facts.inputs.remark("order-differs", message, facts.inputs.place(load_order.PATH), "", name)
        return
    for what, derived, stated in (
        ("level", order.level, order.stated_level),
        ("tier", order.tier, order.stated_tier),
    ):
        if derived is None or stated == derived:
            continue
        place = order.stated_at or facts.inputs.place(load_order.PATH)
        told = f"says {what} {stated}" if stated is not None else f"names no {what} of it"
        by = "owners" if what == "level" else "domain"
        message = f"{load_order.PATH} {told}, by its {by} it is {derived}"
        facts.inputs.remark("order-differs", message, place, "", name)


def owners_of(service: Service, facts: Facts) -> tuple[Neighbour, ...]:
    """Whose data it reads; those of the mesh first."""
    inside = (_neighbour(name, service, facts) for name in service.owners)
    outside = (
        Neighbour(name, Where.EXTERNAL, "", service.places.get(f"dbr_deps:{name}", service.place))
        for name in service.externals
    )
    return (*inside, *outside)


def _neighbour(name: str, service: Service, facts: Facts) -> Neighbour:
    where = Where.RELEASE if name in facts.chosen else Where.MESH
    place = service.places.get(f"dbr_deps:{name}", service.place)
    return Neighbour(name, where, batch_of(facts.mesh, name), place)


def dependents_of(service: Service, facts: Facts) -> tuple[Neighbour, ...]:
    """Who reads its data; the place is where the dependent says so."""
    chosen, found = facts.chosen, list[Neighbour]()
    for name in facts.mesh.graph.dependents.get(service.service_id, ()):
        other = facts.mesh.services[name]
        place = other.places.get(f"dbr_deps:{service.service_id}", other.place)
        where = Where.RELEASE if name in chosen else Where.MESH
        found.append(Neighbour(name, where, batch_of(facts.mesh, name), place))
    return tuple(found)


def standard_of(service: Service, facts: Facts) -> Standard:
    """Its state by the list, and what the next one takes by the document."""
    if facts.mesh.implemented is None:
        return Standard(None, "unknown", "", (), None)
    entry = facts.lookup.listed.get(service.service_id)
    state = STATES[1] if entry else STATES[0]
    follows = STATES[STATES.index(state) + 1]
    rules = {rule.state: rule for rule in facts.lifecycle or ()}
    if entry is None:
        message = f"{service.service_id} is not in {manifests.IMPLEMENTED}"
        place = facts.inputs.place(manifests.IMPLEMENTED)
        facts.inputs.remark("not-listed", message, place, "", service.service_id)
    return Standard(
        listed=entry is not None,
        state=state,
        next_state=follows if follows in rules else "",
        next_takes=rules[follows].takes if follows in rules else (),
        place=entry.place if entry else None,
    )

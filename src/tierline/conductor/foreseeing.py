"""Gathers what a plan should know of going back: what ran before, what is kept, what data there is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from typing import TYPE_CHECKING

from tierline.boundary.model import Matrix
from tierline.conductor.workspace import Workspace
from tierline.errors import TemporaryError, TierlineError
from tierline.evidence.content import Content
from tierline.evidence.data_use import data_uses
from tierline.facts.former import FormerRevisions
from tierline.facts.revision import ABSENT, Revision
from tierline.frozen import frozen
from tierline.plan.foresee import Known, foresee
from tierline.plan.model import Plan
from tierline.policy.model import Demand
from tierline.rollback.codes import ARTIFACT_MISSING, TARGET_FLAGGED
from tierline.rollback.data import DataFacts
from tierline.rollback.foresight import Before
from tierline.rollback.model import Pin
from tierline.rollout.data import epochs_of, owners_of, use_of
from tierline.rollout.former import Formers, formers

if TYPE_CHECKING:
    from tierline.store.protocol import Store
    from tierline.targets.protocol import Target


@frozen
class Behind:
    """What lies behind an environment: its journal's former revisions, and which of them are gone.

    `unsure` maps a service to why nobody can say of its former revision.
    """

    formers: Formers = field(default_factory=Formers)
    gone: frozenset[str] = frozenset()
    unsure: Mapping[str, str] = field(default_factory=dict[str, str])


async def behind(store: Store, target: Target, environment: str) -> Behind:
    """Read the journal, and ask the target what it still has."""
    import asyncio  # noqa: PLC0415 - `check` and many a plan never wait for anything

    found = formers(store.read(environment))
    names = [name for name, one in found.good.items() if one.revision != ABSENT]
    told = await asyncio.gather(*(_kept(target, name, found.good[name].revision) for name in names))
    answers = dict(zip(names, told, strict=True))
    gone = frozenset(name for name, answer in answers.items() if answer is False)
    unsure = {name: answer for name, answer in answers.items() if isinstance(answer, str)}
    return Behind(found, gone, unsure)


async def _kept(target: Target, name: str, revision: str) -> bool | str:
    """Whether it can still be had, or why nobody can say."""
    try:
        return await target.available(name, revision)
    except TemporaryError as error:
        return error.message
    except TierlineError:
        return False


def replaced(past: Behind, revised: Mapping[str, Revision]) -> FormerRevisions:
    """What a release of these revisions would replace, and whether that can still be had."""
    good = past.formers.good
    changed = {
        name: good[name].revision
        for name, one in revised.items()
        if name in good and good[name].revision not in (ABSENT, one.id)
    }
    return FormerRevisions(
        frozenset(changed),
        {name: revision for name, revision in changed.items() if name in past.gone},
        {name: past.unsure[name] for name in changed if name in past.unsure},
    )


def with_foresight(
    workspace: Workspace,
    plan: Plan,
    past: Behind,
    content: Content,
    matrix: Matrix | None = None,
) -> Plan:
    """The plan with what it knows of going back; the same digest."""
    known = past.formers
    services = workspace.mesh.services
    before: dict[str, Before] = {}
    pins: dict[str, tuple[Pin, ...]] = {}
    for one in plan.services:
        name = one.service_id
        former = known.good.get(name)
        revision = former.revision if former else ABSENT
        before[name] = Before(revision, services[name].domain)
        pins[name] = _pins(name, revision, past)
    names = [one.service_id for one in plan.services]
    olds = {
        name: use_of(known.data.get((name, before[name].revision)))
        for name in names
        if before[name].revision != ABSENT
    }
    since = {name: use.epoch for name, use in olds.items()}
    data = DataFacts(
        olds,
        data_uses(workspace.mesh, content, names, since, workspace.shipped),
        tuple(dict.fromkeys(form for one in known.raised for form in one.writes)),
        epochs_of(known.raised),
        owners_of({name: one.revision for name, one in known.good.items()}, known.data),
    )
    ties = workspace.policy.demand("boundaries") is Demand.REQUIRED
    facts = Known(before, ties, data, matrix, pins)
    return replace(plan, foresight=foresee(plan, facts))


def _pins(name: str, revision: str, past: Behind) -> tuple[Pin, ...]:
    found: list[Pin] = []
    if (name, revision) in past.formers.bad:
        found.append(Pin(TARGET_FLAGGED, f"{name} failed at {revision[:12]}, too"))
    if name in past.gone:
        found.append(Pin(ARTIFACT_MISSING, f"{name} at {revision[:12]} is not kept any more"))
    return tuple(found)

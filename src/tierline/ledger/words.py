"""Impact and next action of an issue, in words and commands; knows the rollout's state only."""

from __future__ import annotations

import shlex
from collections.abc import Iterable

from tierline.mesh.closure import reach
from tierline.plan.codes import WITHOUT
from tierline.plan.model import Checkpoint, LeftOut, Plan
from tierline.plan.ready import unasked
from tierline.rollout.state import PASSED, ServiceState, State, Status

_NAMED = 10
"""dependents that are named; the rest is counted"""
_BY_DEFAULT = "local"
"""the environment that commands act on when none is named"""
_GIVEN_UP = frozenset({Status.COMPLETED, Status.ABORTED, Status.SUPERSEDED, Status.ROLLED_BACK})
"""rollouts that own their environment no more: a new one need not take over"""
_NO_TOOL = "build/no-tool"
"""the machine lacks what builds it: the service is as it should be"""


def dependents(state: State, service_id: str) -> tuple[str, ...]:
    """All planned services that read its data, directly or through others, in rank order."""
    steps = reach(state.index.waiters, [service_id])
    return tuple(sorted(steps.keys() - {service_id}, key=state.index.rank))


def impact_of(state: State, service_id: str) -> str:
    """Tier and dependents: `tier 1; 2 services wait for it: M06, M07`."""
    planned = state.index.services.get(service_id)
    tier = f"tier {planned.effective_tier}" if planned else "not part of the rollout"
    names = dependents(state, service_id)
    if not names:
        return f"{tier}; no service of the rollout reads its data"
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    noun, one = ("service", "s") if len(names) == 1 else ("services", "")
    passed = state.of(service_id).state in PASSED
    verb = f"read{one} its data" if passed else f"wait{one} for it"
    return f"{tier}; {len(names)} {noun} {verb}: {', '.join(map(short, names[:_NAMED]))}{more}"


def impact_of_left_out(plan: Plan, one: LeftOut) -> str:
    """Tier, and who is left out because of it."""
    behind = [other.service_id for other in plan.left_out if one.service_id in other.chain[1:]]
    tier = f"tier {one.effective_tier}; left out of the release"
    if not behind:
        return tier
    more = f" and {len(behind) - _NAMED} more" if len(behind) > _NAMED else ""
    return f"{tier}, with its dependents {', '.join(map(short, behind[:_NAMED]))}{more}"


def action_for_left_out(state: State, one: LeftOut) -> str:
    """How it gets into a release."""
    name = short(one.service_id)
    if one.code == WITHOUT.code:
        return f"when it is to ship: {command(state, f'rollout {name}+')}"
    look, then = command(state, f"ready {name}"), command(state, f"rollout {name}+")
    return f"{look}; mend it and commit, then: {then}"


def action_for(state: State, service_id: str) -> str:
    """What a person does next, as commands where there are some."""
    name = short(service_id)
    progress = state.of(service_id)
    if progress.state in PASSED:
        return command(state, f"logs {name}")
    if progress.state is ServiceState.FAILED and service_id in state.index.services:
        if progress.code == _NO_TOOL:
            doctor = command(state, "doctor")
            return f"{doctor}; when the tool is there: {_go_on(state)}"
        look = "" if progress.code.startswith("build/") else command(state, f"logs {name}") + "; "
        return f"{look}mend it and commit, then: {again(state)}"
    return f"{command(state, f'verify {name}')}; when it is well: {_go_on(state)}"


def again(state: State, without: Iterable[str] = ()) -> str:
    """The command that rolls the same out anew, perhaps without some services.

    A held rollout has to be superseded.
    """
    over = "" if state.status in _GIVEN_UP else f" --supersedes {state.rollout}"
    return command(state, the_same("rollout", state.plan, without) + over)


def selected(words: str, plan: Plan) -> str:
    """A command for what the plan selects, as a shell takes it."""
    return f"{words} {shlex.quote(plan.selection)}" if plan.selection else words


def the_same(words: str, plan: Plan, without: Iterable[str] = ()) -> str:
    """A command that makes a plan like this one: its selection, and what else was asked for; also `without` these."""
    stops = "" if plan.checkpoint is Checkpoint.NONE else f" --checkpoint {plan.checkpoint}"
    ready = " --ready-only" if plan.ready_only else ""
    names = " ".join(map(short, dict.fromkeys((*unasked(plan), *without))))
    rest = f" --without {shlex.quote(names)}" if names else ""
    one = " ".join(map(short, plan.together))
    one = f" --together {shlex.quote(one)}" if one else ""
    return selected(words, plan) + stops + ready + rest + one


def _go_on(state: State) -> str:
    return again(state) if state.status in _GIVEN_UP else command(state, "resume")


def command(state: State, words: str) -> str:
    """A tierline command for the rollout's environment."""
    return command_in(state.plan.environment, words)


def command_in(environment: str, words: str) -> str:
    """A tierline command for an environment, which is named unless it is the default."""
    chosen = "" if environment == _BY_DEFAULT else f" --env {environment}"
    return f"tierline {words}{chosen}"


def short(service_id: str) -> str:
    """The part of a service id that every selection accepts: `M05` of `M05-Payment-Service`."""
    return service_id.partition("-")[0]

"""The checker of checkpoints: who let what start, and could they see why it had stopped?"""

from __future__ import annotations

from simulation.play import ENVIRONMENT, Played
from simulation.rows import states
from tierline.facts.instant import Instant
from tierline.plan.model import Checkpoint
from tierline.rollout.events import CheckpointReached, Command, CommandAccepted
from tierline.rollout.state import PASSED, ServiceState, State


def i11_checkpoints(played: Played) -> list[str]:
    """Nothing behind a checkpoint starts before a person, who could see it reached, let it pass."""
    wrong: list[str] = []
    group_of, places = _groups(played)
    reached: dict[str, Instant] = {}
    passed: list[tuple[int, Instant]] = []
    asked = {one.command_id: one for one in played.store.asked(ENVIRONMENT, 0)}
    for state, event, at in states(played):
        if isinstance(event, CheckpointReached):
            reached.setdefault(event.after, at)
            before = [n for n, group in group_of.items() if group <= places[event.after]]
            moving = [name for name in before if not _settled(state, name)]
            wrong += [f"{event.after} reached at {at} while {name} moves" for name in moving]
        if isinstance(event, CommandAccepted) and event.passes:
            passed.append((places[event.passes], at))
            known = asked[event.command_id].at if event.command_id else at
            if event.command_id and asked[event.command_id].passes != event.passes:
                wrong.append(f"{event.passes} passed by a resume that was for another checkpoint")
            if event.command is not Command.RESUME or known < reached.get(event.passes, known + 1):
                wrong.append(f"{event.passes} passed by a {event.command} from before it was seen")
    for run in played.starts:
        group = group_of[run.service_id]
        if group and not any(place >= group - 1 and at <= run.began for place, at in passed):
            wrong.append(f"{run.service_id} started at {run.began}, which nobody had let it")
    return wrong


def _groups(played: Played) -> tuple[dict[str, int], dict[str, int]]:
    """Service -> number of its tier or batch, and name of the tier or batch -> number."""
    plan = played.script.plan
    if plan.checkpoint is Checkpoint.NONE:
        return dict.fromkeys((s.service_id for s in plan.services), 0), {}
    tier = plan.checkpoint is Checkpoint.TIER
    keys = {s.service_id: (s.effective_tier, 0 if tier else s.level) for s in plan.services}
    places = {key: place for place, key in enumerate(sorted(set(keys.values())))}
    names = {f"t{t}" if tier else f"t{t}-l{level}": place for (t, level), place in places.items()}
    return {name: places[key] for name, key in keys.items()}, names


def _settled(state: State, name: str) -> bool:
    fate = state.of(name).state
    return fate in PASSED or fate in {ServiceState.FAILED, ServiceState.HELD}

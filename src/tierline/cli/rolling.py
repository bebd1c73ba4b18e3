"""What `rollout` does between its arguments and its exit code.

The conductor and the report are imported once the plan is shown: people read meanwhile.
"""

from __future__ import annotations

import shlex
import time
from dataclasses import field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tierline.cli import output
from tierline.cli.papers import Papers
from tierline.cli.removing import tell_removals
from tierline.cli.session import (
    existing_plan,
    holder,
    local_history,
    local_store,
    situation,
    target_of,
    user,
    words,
)
from tierline.conductor.assess import Situation, assess
from tierline.conductor.crossing import keep_contracts
from tierline.conductor.wishes import Wishes, wishes_of
from tierline.errors import UsageError
from tierline.facts.decision import Decision
from tierline.frozen import frozen
from tierline.plan.model import Checkpoint
from tierline.report.plan_text import headline, plan_text

if TYPE_CHECKING:
    from tierline.conductor.carry_out import OnConductor
    from tierline.conductor.rehearsal import Behaviours
    from tierline.conductor.workspace import Workspace
    from tierline.conductor.world import World
    from tierline.plan.admission import Admission
    from tierline.plan.model import Plan
    from tierline.rollout.state import State
    from tierline.store.protocol import Store

LATEST = "latest"
_NONE = Papers()


@frozen
class Wish:
    """The arguments of `rollout`."""

    selection: tuple[str, ...]
    yes: bool
    supersedes: str
    form: str
    wishes: Wishes = field(default_factory=Wishes)
    papers: Papers = _NONE
    watch_seconds: float | None = None
    """how long to watch what was released; None for not at all"""


async def roll_out(workspace: Workspace, wish: Wish) -> int:
    """Plan, show, ask, conduct, report; returns the exit code."""
    target = target_of(workspace)
    with local_store(workspace) as store:
        known = await situation(workspace, target, store)
        known = replace(known, unfinished=_unfinished(workspace, store, known))
        plan = the_plan(workspace, wish, known)
        from tierline.cli.admission import admit
        from tierline.plan.model import Plan

        admission = admit(workspace, store, plan, wish.papers)
        if isinstance(admission, Plan):
            return refuse(admission, wish)
        await tell_removals(workspace, plan)
        confirm(plan, wish, admission)
        keep_contracts(workspace, plan)
        from tierline.cli.conducting import conducted, show_report
        from tierline.conductor.carry_out import Request, carry_out
        from tierline.conductor.issues import known_issues
        from tierline.conductor.running import origin_of_plan

        origin = origin_of_plan(workspace, plan)
        superseded = _superseded(store, workspace, wish)
        request = Request(plan, user(), superseded, admission, known.past, origin)

        async def work(world: World, started: OnConductor) -> State:
            return await carry_out(
                world, holder(workspace, "rollout"), request, known.look, started
            )

        state = await conducted(workspace, store, work)
        if wish.watch_seconds is not None:
            return await _bake(workspace, store, state, wish)
        return show_report(state, known_issues(store, workspace.environment), wish.form)


async def try_out(workspace: Workspace, wish: Wish) -> int:
    """Plan, and ask the cluster what carrying that out would change; returns the exit code."""
    if wish.form == "html":
        raise UsageError(
            "a dry run is told as text, json or md",
            code="usage/format",
            fix="give --format text, json or md",
        )
    target = target_of(workspace)
    with local_history(workspace) as store:
        known = await situation(workspace, target, store)
        plan = the_plan(workspace, wish, known)
    if plan.decision is not Decision.GO:
        return refuse(plan, wish)
    from tierline.cli.differing import told

    output.note("\n".join(headline(plan, output.width())))
    return await told(workspace, (one.service_id for one in plan.services), wish.form)


async def _bake(workspace: Workspace, store: Store, state: State, wish: Wish) -> int:
    """Watch what was released, if it is GO; the one report is as good as the worse of the two."""
    from tierline.cli.conducting import print_report
    from tierline.cli.watching import watch_on
    from tierline.report.build import build_report, with_watch

    report = build_report(state.plan, state)
    if report.decision is Decision.GO:
        state = await watch_on(workspace, store, wish.watch_seconds)
    else:
        output.note(f"{state.rollout} is {report.decision}, so there is nothing to watch")
    from tierline.conductor.issues import known_issues

    issues = known_issues(store, workspace.environment)
    return print_report(with_watch(build_report(state.plan, state, issues), state), wish.form)


def _unfinished(workspace: Workspace, store: Store, known: Situation) -> Plan | None:
    """The plan of the rollout that owns the environment, where anything runs of it."""
    if not known.look.seen:
        return None
    from tierline.conductor.history import occupying

    found = occupying(store, workspace.environment)
    return found[0] if found else None


def _superseded(store: Store, workspace: Workspace, wish: Wish) -> str:
    """The id of the rollout to take over; `latest` is whichever owns the environment."""
    from tierline.conductor.history import occupying, unknown

    if wish.supersedes and wish.supersedes != LATEST:
        if wish.supersedes not in store.rollouts(workspace.environment):
            raise unknown(store, workspace.environment, wish.supersedes)
        return wish.supersedes
    if not wish.supersedes:
        return ""
    found = occupying(store, workspace.environment)
    return found[1].rollout if found else ""


def rehearse(workspace: Workspace, wish: Wish, script: Path | None) -> int:
    """The same on a simulated target and virtual time: nothing real is touched."""
    behaviours = _behaviours(workspace, script)
    plan = the_plan(workspace, wish, Situation())
    if plan.decision is not Decision.GO:
        return refuse(plan, wish)
    output.note("\n".join(headline(plan, output.width())))
    from tierline.cli.conducting import print_report
    from tierline.conductor.rehearsal import rehearsal
    from tierline.report.build import build_report

    state = rehearsal(plan, behaviours, user(), time.time())
    output.note("a rehearsal: nothing was started, nothing is kept")
    return print_report(replace(build_report(plan, state), follow_up=()), wish.form)


def _behaviours(workspace: Workspace, script: Path | None) -> Behaviours:
    if script is None:
        return {}
    from tierline.targets.simulated.script import read_script

    return read_script(script, workspace.mesh)


def the_plan(workspace: Workspace, wish: Wish, known: Situation) -> Plan:
    """The plan file as it was reviewed, if one is named and nothing bound moved; else a new plan."""
    path = existing_plan(wish.selection)
    if path is None:
        chosen = words(wish.selection)
        return assess(workspace, chosen, known, time.time(), wish.wishes, afresh=True).plan
    from tierline.cli.plan_file import read_plan
    from tierline.ledger.words import command_in, the_same
    from tierline.plan.moved import moved

    plan = read_plan(path)
    _refuse_others(path, plan, wish)
    wishes = wishes_of(plan)
    now = assess(workspace, plan.selection, known, time.time(), wishes, afresh=True).plan
    changes = moved(plan, now)
    if changes:
        listed = "\n  ".join(changes)
        raise UsageError(
            f"{path} is not the plan of this mesh any more; moved since:\n  {listed}",
            code="plan/moved",
            fix=f"make a new one: {command_in(plan.environment, the_same('plan', plan))} -o {path}",
        )
    return plan


def _refuse_others(path: Path, plan: Plan, wish: Wish) -> None:
    """UsageError where options ask for something else than the plan that was reviewed."""
    if wish.wishes.together:
        raise UsageError(
            f"{path} says what moves as one, and --together would change it",
            code="plan/fixed",
            fix="make another plan: tierline plan --together SELECTION -o FILE",
        )
    asked = wish.wishes.checkpoint
    if wish.wishes.ready_only and not plan.ready_only:
        raise UsageError(
            f"{path} was made of the whole selection, and --ready-only would change it",
            code="plan/fixed",
            fix="make another plan: tierline plan --ready-only -o FILE",
        )
    if wish.wishes.without:
        raise UsageError(
            f"{path} says who is left out, and --without would change it",
            code="plan/fixed",
            fix="make another plan: tierline plan --without SELECTION -o FILE",
        )
    if asked not in {None, plan.checkpoint}:
        stops = "has no checkpoints"
        if plan.checkpoint is not Checkpoint.NONE:
            stops = f"stops after each {plan.checkpoint}"
        raise UsageError(
            f"{path} {stops}, and --checkpoint {asked} would change it",
            code="plan/fixed",
            fix="leave the option out, or make another plan: tierline plan "
            f"--checkpoint {asked} -o FILE",
        )


def refuse(plan: Plan, wish: Wish) -> int:
    """Show a plan that is not GO, with its blockers; nothing begins."""
    from tierline.report.build import build_report
    from tierline.report.document import to_json
    from tierline.report.markdown import to_markdown

    if wish.form == "json":
        output.document(to_json(build_report(plan, None)))
    elif wish.form == "md":
        output.document(to_markdown(build_report(plan, None)))
    else:
        output.show(plan_text(plan, output.width()))
        _say_refused(plan, wish)
    return output.EXIT[plan.decision]


def _say_refused(plan: Plan, wish: Wish) -> None:
    from tierline.ledger.words import command_in
    from tierline.plan.admission import unapproved

    lacks = unapproved(plan)
    output.note(
        f"refused: the plan is {'not approved' if lacks else plan.decision}; nothing was started"
    )
    if not lacks:
        say_next(plan)
    if lacks:
        file = existing_plan(wish.selection)
        name = shlex.quote(str(file)) if file else plan.digest[:12]
        words = command_in(plan.environment, f"approve {name}")
        output.note(f"next: another person runs {words}; then the same command again")


def say_next(plan: Plan) -> None:
    """What helps a plan that may not be rolled out, a command and its purpose each."""
    from tierline.report.follow_up import follow_up

    for step in follow_up(plan, None):
        output.note(f"next: {step.command}\n      {step.purpose}")


def confirm(plan: Plan, wish: Wish, admission: Admission) -> None:
    """Show the plan and ask; with `--yes` only its headline. Whatever is passed is always shown."""
    from tierline.cli.admission import ask, warn_of

    if wish.yes:
        output.note("\n".join(headline(plan, output.width())))
        warn_of(admission)
        return
    if not output.interactive():
        raise UsageError(
            "nobody is there to be asked",
            code="usage/needs-yes",
            fix="give --yes to go on without asking",
        )
    output.note(plan_text(plan, output.width()))
    warn_of(admission)
    ask(admission)

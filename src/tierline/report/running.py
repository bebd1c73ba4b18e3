"""What runs in an environment, as a table and as a document; knows no target."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from tierline.facts.decision import Severity
from tierline.facts.instant import Instant
from tierline.facts.observation import Instance, Phase
from tierline.frozen import frozen
from tierline.ledger.words import command_in
from tierline.report.admission import break_glass_document, break_glass_of
from tierline.report.layout import table, wrapped
from tierline.report.names import fitted
from tierline.report.style import clean
from tierline.report.times import day_and_time, stamp
from tierline.report.watching import spell_reason
from tierline.rollout.blocked import at_checkpoint
from tierline.rollout.state import ENDED, State, Status
from tierline.rollout.watch import Degradation, Watch

SCHEMA = "tierline/status/1"
WIDE = 100
"""from so many columns on the table also shows revisions"""
_ROWS = 200
"""instances that have a row each; of more, only those that are not well"""
_ABSENT = 50
"""services that do not run and are named"""
_HEAD = ("service", "workload", "phase", "health", "address", "revision")


@frozen
class Running:
    """An instance of a service, and how the service's health was answered just now."""

    service_id: str
    instance: Instance
    health: str


@frozen
class Conducting:
    """Who has the environment's lease since when: whose command, which process, which checkout."""

    name: str
    task: str
    pid: int
    host: str
    folder: str
    since: Instant


@frozen
class Standing:
    """The newest rollout of an environment, and who conducts it now, if somebody does."""

    environment: str
    state: State | None
    conductor: Conducting | None = None

    @property
    def conducted(self) -> bool:
        """Whether somebody conducts it now."""
        return self.conductor is not None

    @property
    def watch(self) -> Watch | None:
        """The watch that goes on, or whose process was killed."""
        watch = self.state.watch if self.state else None
        return watch if watch is not None and watch.ended_at is None else None

    @property
    def interrupted(self) -> bool:
        """Whether its conductor died before it ended."""
        return self.state is not None and self.state.status not in ENDED and not self.conducted


def status_text(
    standing: Standing,
    running: Sequence[Running],
    absent: Sequence[str] = (),
    columns: int = 80,
) -> str:
    """The newest rollout, a row an instance (a failed one with its reason), what does not run."""
    lines = wrapped(_headline(standing), columns, "", "  ")
    if standing.conductor is not None:
        lines += wrapped(_conducted_by(standing.conductor), columns, "  ", "    ")
    lines += [line for told in _watching(standing) for line in wrapped(told, columns, "  ", "    ")]
    broken = break_glass_of(standing.state)
    if broken is not None:
        told = f"BREAK-GLASS by {broken.by}: {broken.reason}"
        lines += wrapped(told, columns, "  ", "    ")
    lines += [f"  next: {words}" for words in _next(standing, anything=bool(running))]
    if not running:
        return "\n".join([*lines, "", "nothing runs"]) + "\n"
    wide = columns >= WIDE
    ill = [one for one in running if one.instance.phase is not Phase.RUNNING or one.health != "ok"]
    hidden = len(running) - len(ill) if len(running) > _ROWS else 0
    if hidden:
        running = ill
    rows = [_HEAD, *(_row(one) for one in running)]
    shown = fitted([row if wide else row[:-1] for row in rows], {0: 14}, columns - 2)
    head, *told = table(shown)
    lines += ["", head]
    for one, line in zip(running, told, strict=True):
        lines.append(line)
        if one.instance.phase is Phase.EXITED:
            lines += wrapped(_exit(one.instance), columns, "      ")
    if hidden:
        lines += ["", f"  {hidden} instances run and are well; --format json has them all"]
    if absent:
        more = f" and {len(absent) - _ABSENT} more" if len(absent) > _ABSENT else ""
        named = f"not running: {', '.join(absent[:_ABSENT])}{more}"
        lines += ["", *wrapped(named, columns, "  ", "    ")]
    return "\n".join(lines) + "\n"


def status_json(standing: Standing, running: Sequence[Running]) -> str:
    """The same as one document."""
    state = standing.state
    document = {
        "schema": SCHEMA,
        "environment": standing.environment,
        "rollout_id": state.rollout if state else None,
        "state": str(state.status) if state else None,
        "reason": state.reason if state else "",
        "checkpoint": (state.waits_at or None) if state else None,
        "conducted": standing.conducted,
        "conductor": _conductor_json(standing.conductor),
        "watch": _watch_json(standing),
        "break_glass": break_glass_document(break_glass_of(state)),
        "instances": [
            {
                "service_id": one.service_id,
                "instance": one.instance.id,
                "workload": one.instance.workload,
                "phase": str(one.instance.phase),
                "health": one.health,
                "revision": one.instance.revision,
                "addresses": dict(one.instance.addresses),
                "exit_code": one.instance.exit_code,
                "reason": clean(one.instance.reason),
            }
            for one in running
        ],
    }
    return json.dumps(document, indent=2) + "\n"


def _headline(standing: Standing) -> str:
    environment, state = standing.environment, standing.state
    if state is None:
        return f"{environment}: nothing was rolled out yet"
    waits = at_checkpoint(state)
    if standing.interrupted:
        told = f"; it {waits}" if waits else ""
        return f"{environment}: {state.rollout} was interrupted, nobody conducts it{told}"
    if waits:
        return f"{environment}: {state.rollout} {waits}"
    reason = f": {clean(state.reason)}" if state.reason else ""
    return f"{environment}: {state.rollout} is {state.status}{reason}"


def _watching(standing: Standing) -> Iterator[str]:
    watch = standing.watch
    if watch is None:
        return
    since = day_and_time(watch.began_at)
    if not standing.conducted:
        yield f"a watch that began {since} was killed, and proves nothing"
        return
    until = day_and_time(watch.began_at + watch.seconds)
    ill = [one for one in _present(watch) if one.severity is not Severity.WARN]
    yield f"watched since {since} until {until}, {f'{len(ill)} degraded' if ill else 'all well'}"
    yield from (f"degraded: {one.service_id}: {spell_reason(one)}" for one in ill)


def _present(watch: Watch) -> list[Degradation]:
    """Who is not well now, the longest first."""
    return sorted(watch.present.values(), key=lambda one: (one.since, one.service_id))


def _watch_json(standing: Standing) -> dict[str, object] | None:
    watch = standing.watch
    if watch is None:
        return None
    return {
        "began_at": stamp(watch.began_at),
        "until": stamp(watch.began_at + watch.seconds),
        "seconds": watch.seconds,
        "goes_on": standing.conducted,
        "degraded": [
            {
                "service_id": one.service_id,
                "since": stamp(one.since),
                "severity": str(one.severity),
                "code": one.code,
                "message": clean(one.message),
                "because": one.because or None,
            }
            for one in _present(watch)
        ],
    }


def _conducted_by(one: Conducting) -> str:
    command = f"tierline {one.task}, " if one.task else ""
    folder = f", in {one.folder}" if one.folder else ""
    since = f"since {day_and_time(one.since)}"
    return clean(f"conducted by {one.name} ({command}pid {one.pid} on {one.host}{folder}) {since}")


def _conductor_json(one: Conducting | None) -> dict[str, object] | None:
    if one is None:
        return None
    return {
        "name": clean(one.name),
        "task": one.task,
        "pid": one.pid,
        "host": clean(one.host),
        "folder": clean(one.folder),
        "since": stamp(one.since),
    }


def _next(standing: Standing, *, anything: bool) -> Iterator[str]:
    """`anything`: whether something runs."""
    if standing.interrupted or (standing.state is not None and at_checkpoint(standing.state)):
        yield command_in(standing.environment, "resume")
    elif standing.state is not None and standing.state.status is Status.HELD:
        yield command_in(standing.environment, "report")
    elif standing.watch is not None and not standing.conducted:
        yield command_in(standing.environment, "watch")
    elif not anything and not standing.conducted:
        yield command_in(standing.environment, "rollout")


def _row(one: Running) -> tuple[str, ...]:
    instance = one.instance
    return (
        one.service_id,
        instance.workload,
        str(instance.phase),
        one.health or "-",
        next(iter(instance.addresses.values()), "-"),
        instance.revision[:12],
    )


def _exit(instance: Instance) -> str:
    code = "?" if instance.exit_code is None else instance.exit_code
    return f"exit {code}: {instance.reason}"

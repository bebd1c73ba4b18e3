"""What `test` does between its arguments and its exit code."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from typing import TYPE_CHECKING

from tierline.cli import output
from tierline.cli.session import words
from tierline.cli.test_progress import progress
from tierline.conductor.testing import Listener, Tested, Wanted, run_tests
from tierline.errors import UsageError
from tierline.facts.testing import Suite
from tierline.frozen import frozen
from tierline.policy.model import Demand
from tierline.readiness.tested import demand_of, suites_asked
from tierline.report.suites import SuiteLine, SuitesRun

if TYPE_CHECKING:
    from tierline.conductor.keeping import Keeper, Signer
    from tierline.conductor.workspace import Workspace
    from tierline.evidence.suites.ran import Ran

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@frozen
class Asked:
    """The arguments of `test`. `suites` empty: those that the policy asks for. `jobs` 0: the CPUs."""

    selection: tuple[str, ...]
    suites: tuple[str, ...]
    jobs: int
    seconds: float
    environments: tuple[str, ...]
    key: str | None
    evidence: bool
    form: str


def test(workspace: Workspace, asked: Asked) -> int:
    """Run, keep, show; returns the exit code."""
    wanted = _wanted(workspace, asked)
    environments = tuple(dict.fromkeys((workspace.environment, *asked.environments)))
    signer, keeper = _keeping(workspace, asked, environments)
    began = time.monotonic()
    with progress(len(wanted.services) * len(wanted.suites)) as shown:
        tested = _interruptible(workspace, wanted, _Both(shown, keeper), keeper)
    lines = tuple(_line(workspace, one, keeper is not None) for one in tested)
    seconds = time.monotonic() - began
    run = SuitesRun(
        workspace.environment,
        environments,
        lines,
        seconds,
        signer.name if signer else "",
        signer.public if signer else "",
    )
    return _show(run, asked.form)


def _show(run: SuitesRun, form: str) -> int:
    if form == "json":
        from tierline.report.suites_document import suites_json

        output.document(suites_json(run))
    else:
        from tierline.report.suites_text import suites_text

        output.show(suites_text(run, output.width()))
    return output.EXIT[run.decision]


def _wanted(workspace: Workspace, asked: Asked) -> Wanted:
    from tierline.cli.assessing import look_for
    from tierline.conductor.assess import choose

    selection = words(asked.selection)
    chosen = choose(workspace, selection, look_for(workspace, selection))
    suites = tuple(suite for suite in Suite if suite in asked.suites)
    suites = suites or suites_asked(workspace.policy) or tuple(Suite)
    jobs = asked.jobs or len(os.sched_getaffinity(0))
    return Wanted(chosen, suites, jobs, asked.seconds)


def _keeping(
    workspace: Workspace, asked: Asked, environments: tuple[str, ...]
) -> tuple[Signer | None, Keeper | None]:
    """Before anything runs: whoever cannot keep evidence should know at once."""
    if not asked.evidence:
        if asked.environments or asked.key:
            raise UsageError(
                "--no-evidence keeps none, so there is nothing for --for and --key",
                fix="leave one of them out",
            )
        return None, None
    from tierline.cli.signing import signer_of
    from tierline.conductor.keeping import Keeper

    signer = signer_of(workspace, asked.key)
    return signer, Keeper(workspace, environments, signer)


class _Both(Listener):
    """Tells progress, and keeps what is proven as soon as it is."""

    def __init__(self, shown: Listener, keeper: Keeper | None) -> None:
        self._shown, self._keeper = shown, keeper

    def began(self, service_id: str, suite: Suite) -> None:
        self._shown.began(service_id, suite)

    def ran(self, service_id: str, suite: Suite, ran: Ran) -> None:
        self._shown.ran(service_id, suite, ran)

    def done(self, tested: tuple[Tested, ...]) -> None:
        if self._keeper:
            self._keeper.keep(tested)


def _interruptible(
    workspace: Workspace, wanted: Wanted, listener: Listener, keeper: Keeper | None
) -> tuple[Tested, ...]:
    """Whatever ends it early ends all that runs; what was proven until then is kept."""

    async def work() -> tuple[Tested, ...]:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        heeded = [one for one in _SIGNALS if signal.getsignal(one) is not signal.SIG_IGN]
        for number in heeded:
            loop.add_signal_handler(number, task.cancel if task else loop.stop)
        try:
            return await run_tests(workspace, wanted, listener)
        except asyncio.CancelledError:
            raise KeyboardInterrupt from None
        finally:
            for number in heeded:
                with contextlib.suppress(ValueError):
                    loop.remove_signal_handler(number)

    try:
        return asyncio.run(work())
    finally:
        if keeper:
            keeper.flush()


def _line(workspace: Workspace, one: Tested, keeping: bool) -> SuiteLine:
    ran = one.ran
    return SuiteLine(
        service_id=one.service_id,
        suite=one.suite,
        end=str(ran.end),
        counts=ran.counts,
        seconds=ran.seconds,
        runner=ran.runner,
        argv=ran.argv,
        revision=one.revision.source_id if one.revision.source else "",
        failures=ran.failures,
        reason=ran.reason or one.trouble,
        output=ran.output,
        proven=not one.trouble,
        kept=keeping and one.proves,
        needed=demand_of(workspace.policy, one.suite) is not Demand.EXPECTED,
    )

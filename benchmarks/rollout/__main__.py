"""The same mesh in the same place by several tools, in turns: how fast, how right, how costly.

    python benchmarks/rollout [--median 3.0 0.3] [--rounds 3] [--services 50] [--only kwok trouble compose] [--write]

Fifty services of depth 8 on simulated nodes; each is ready after a log-normal delay. The bound is the
longest path of delays: what KWOK, the scheduler and the controllers take on top is in everybody's
makespan, which runs from the first apply to the last Deployment that is available. A start is late by
the time from the last owner's Deployment being available to the service's own being there, both as the
API server tells a watch. Then one service is never ready, or its image is missing, and each tool is
killed in the middle and run again. Docker Compose is compared on a Docker engine of its own
(`containers.py`). `--write` puts the tables of what was asked for into docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))

import containers
import kwok_mesh
from kwok_bed import Bed, Seen, a_bed, a_namespace
from measured import Cost, run
from outcome import Outcome, compared
from rivals import RIVALS
from site_of_rollout import Site
from troubles import Try, troubled

PAGE = Path(__file__).resolve().parents[2] / "docs" / "benchmarks.md"
DEPTH, PATIENCE, LIMIT_SECONDS = 8, 30, 600.0
ON_COMPOSE_MEDIAN = 3.0


def rolled_out(bed: Bed, rival: str, parts: kwok_mesh.Parts, kill_after: float = 0.0) -> Try:
    """A rollout in a namespace of its own; with `kill_after` it is killed then, and begun again."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        names = Site(bed, "", Path(folder), parts, PATIENCE).owners()
        with a_namespace(bed, names) as (namespace, seen):
            site = Site(bed, namespace, Path(folder), parts, PATIENCE)
            command = RIVALS[rival](site)
            if kill_after:
                run(command.argv, command.environment, kill_after)
            cost = run(command.argv, command.environment, LIMIT_SECONDS)
            outcome = _outcome(seen, names, cost)
        asked = sum(bed.requests(namespace).values())
        bed.kubectl("wait", "--for=delete", f"namespace/{namespace}", "--timeout=240s")
        return Try(replace(outcome, requests=asked), seen.applied)


def _outcome(seen: Seen, owners: dict[str, list[str]], cost: Cost) -> Outcome:
    first, last = min(seen.applied.values(), default=0.0), max(seen.settled.values(), default=0.0)
    delays = sorted(seen.delays(owners, seen.settled).values())
    return Outcome(cost, last - first, delays, len(seen.before), len(seen.settled))


def in_turns(
    rivals: Sequence[str], roll: Callable[[str], Outcome], rounds: int
) -> Mapping[str, Sequence[Outcome]]:
    """All tools once, then all again; what each said last is shown where it failed."""
    outcomes: dict[str, list[Outcome]] = {name: [] for name in rivals}
    for _ in range(rounds):
        for name, found in outcomes.items():
            found.append(roll(name))
            cost = found[-1].cost
            print(f"  {name}: {found[-1].makespan:.1f} s, exit {cost.code}", file=sys.stderr)
            if cost.code:
                print(cost.said[-1500:], file=sys.stderr)
    return outcomes


def on_kwok(given: argparse.Namespace, bed: Bed) -> list[str]:
    """A table for each median delay."""
    lines: list[str] = []
    for median in given.median:
        parts = kwok_mesh.layered(given.services, DEPTH, median, seed=1)

        def roll(rival: str, parts: kwok_mesh.Parts = parts) -> Outcome:
            return rolled_out(bed, rival, parts).outcome

        outcomes = in_turns(list(RIVALS), roll, given.rounds)
        least = kwok_mesh.bound(parts)
        lines += [_about(given, median, least), "", *compared(outcomes, least), ""]
    return lines


def in_trouble(given: argparse.Namespace, bed: Bed) -> list[str]:
    """What each does about a service that does not come up, and after its own death."""
    parts = kwok_mesh.layered(given.services, DEPTH, given.median[-1], seed=1)

    def roll(rival: str, parts: kwok_mesh.Parts, kill_after: float) -> Try:
        return rolled_out(bed, rival, parts, kill_after)

    told = f"{given.services} services, median delay {given.median[-1]:g} s, load {os.getloadavg()[0]:.0f};"
    told += (
        f" each tool may wait {PATIENCE} s for a service. Said: by name, counted from its start:"
    )
    return [
        told,
        "",
        *troubled([name for name in RIVALS if name != "everything at once"], roll, parts),
        "",
    ]


def on_compose(given: argparse.Namespace) -> list[str]:
    """A table of both ways on a Docker engine."""
    parts = kwok_mesh.layered(given.services, DEPTH, ON_COMPOSE_MEDIAN, seed=1)
    with containers.an_engine() as engine:

        def roll(rival: str) -> Outcome:
            return containers.rolled_out(engine, rival, parts, LIMIT_SECONDS)

        outcomes = in_turns(list(containers.RIVALS), roll, given.rounds)
    least = kwok_mesh.bound(parts)
    told = _about(given, ON_COMPOSE_MEDIAN, least).replace("services", "services as containers", 1)
    return [told, "", *compared(outcomes, least), ""]


def _about(given: argparse.Namespace, median: float, least: float) -> str:
    rounds = f"{given.rounds} round{'s' * (given.rounds > 1)} in turns"
    told = f"{given.services} services of depth {DEPTH}, median delay {median:g} s, bound {least:.1f} s"
    return f"{told}, {rounds}, load {os.getloadavg()[0]:.0f}:"


def write(name: str, lines: Sequence[str]) -> None:
    """Put a part into the page, in place of that of the last time."""
    begin, end = f"<!-- rollout {name}: begin -->", f"<!-- rollout {name}: end -->"
    before, mark, rest = PAGE.read_text().partition(begin)
    if not mark:
        raise SystemExit(f"{PAGE} has no line {begin}")
    PAGE.write_text("\n".join([before + begin, "", *lines, end]) + rest.partition(end)[2])


def main() -> int:
    """0 when it was measured."""
    parser = argparse.ArgumentParser(description="Compares rollouts of one mesh by several tools.")
    parser.add_argument("--median", type=float, nargs="*", default=[3.0, 0.3])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--services", type=int, default=50)
    parser.add_argument("--only", nargs="*", default=["kwok", "trouble", "compose"])
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()

    def done(name: str, lines: Sequence[str]) -> None:
        print("\n".join(lines), flush=True)
        if given.write:
            write(name, lines)

    if {"kwok", "trouble"} & set(given.only):
        with a_bed() as bed:
            if "kwok" in given.only:
                done("kwok", on_kwok(given, bed))
            if "trouble" in given.only:
                done("trouble", in_trouble(given, bed))
    if "compose" in given.only:
        done("compose", on_compose(given))
    return 0


if __name__ == "__main__":
    sys.exit(main())

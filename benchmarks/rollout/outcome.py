"""What became of one rollout by one tool, and tables of that; runs nothing."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from measured import Cost, share


@dataclass(frozen=True)
class Outcome:
    """Seconds from the first start to the last service that is well; `delays` of starts, sorted.

    `early` counts services that were started before an owner was well, `done` those that are well;
    `requests` is None where the tool asks no API that counts them.
    """

    cost: Cost
    makespan: float
    delays: Sequence[float]
    early: int
    done: int
    requests: int | None = None


_HEAD = (
    "tool", "makespan", "over the bound", "start delay p50, p95, most", "started too early",
    "API requests", "CPU", "memory",
)  # fmt: skip


def compared(outcomes: Mapping[str, Sequence[Outcome]], least: float) -> list[str]:
    """A row a tool, of the medians of its rounds; delays are those of all rounds together."""
    return table(_HEAD, [_row(name, found, least) for name, found in outcomes.items()])


def _row(name: str, found: Sequence[Outcome], least: float) -> Sequence[str]:
    made = _middle([one.makespan for one in found])
    delays = sorted(delay for one in found for delay in one.delays)
    late = ", ".join(f"{share(delays, part) * 1000:.0f}" for part in (0.5, 0.95, 1.0))
    requests = [one.requests for one in found if one.requests is not None]
    return (
        name if all(one.cost.code == 0 for one in found) else f"{name} (failed)",
        f"{made:.1f} s",
        f"{made / least:.2f}",
        f"{late} ms",
        f"{max(one.early for one in found)}",
        f"{_middle(requests):.0f}" if requests else "not counted",
        f"{_middle([one.cost.cpu for one in found]):.1f} s",
        f"{_middle([one.cost.memory for one in found]):.0f} MB",
    )


def _middle(values: Sequence[float]) -> float:
    return statistics.median(values)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Lines of Markdown."""
    return [f"| {' | '.join(line)} |" for line in (head, ["---"] * len(head), *rows)]

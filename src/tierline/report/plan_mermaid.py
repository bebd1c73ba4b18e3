"""A plan as a Mermaid flowchart: one box a batch, decisions as text and as shape of the border."""

from __future__ import annotations

from collections.abc import Iterator

from tierline.facts.decision import Decision
from tierline.plan.model import Plan, PlannedService
from tierline.report.plan_picture import Cap, Picture, note, picture, tier_label
from tierline.report.style import mermaid

CAP = Cap(services=150, edges=280)
"""GitHub draws up to 500 edges and 50,000 characters"""
_CLASSES = {Decision.GO: "go", Decision.HOLD: "hold", Decision.NO_GO: "nogo"}
_STYLES = (
    "classDef go stroke:#1a7f37,stroke-width:2px",
    "classDef hold stroke:#9a6700,stroke-width:2px,stroke-dasharray:6 3",
    "classDef nogo stroke:#cf222e,stroke-width:4px",
)


def plan_mermaid(plan: Plan) -> str:
    """Mermaid text; ids of nodes are ours, names of the mesh appear in escaped labels only."""
    shown = picture(plan, CAP)
    return "\n".join(["flowchart LR", *(f"  {line}" for line in _lines(shown)), ""])


def _lines(shown: Picture) -> Iterator[str]:
    ids: dict[str, str] = {}
    for number, (batch, services) in enumerate(shown.columns):
        yield f'subgraph b{number}["{mermaid(batch.id)}"]'
        for service in services:
            ids[service.service_id] = f"s{service.rank}"
            yield f"  {_node(service)}"
        yield "end"
    yield from (f"{ids[owner]} --> {ids[name]}" for owner, name in shown.edges)
    if left_out := note(shown):
        yield f'left["{mermaid(left_out)}"]'
    yield from _STYLES


def _node(service: PlannedService) -> str:
    under = " ".join((str(service.decision), tier_label(service)))
    label = f"{mermaid(service.service_id)}<br/>{mermaid(under)}"
    return f's{service.rank}["{label}"]:::{_CLASSES[service.decision]}'

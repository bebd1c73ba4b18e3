"""A plan as a picture: a column a batch, owners left of dependents, decisions in words and colour.

The SVG is self-contained: no script, no font, no reference to anything outside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tierline.facts.decision import Decision
from tierline.frozen import frozen
from tierline.plan.model import Plan, PlannedService
from tierline.report.names import cut
from tierline.report.plan_picture import Cap, Picture, note, picture, tier_label
from tierline.report.style import html
from tierline.report.times import span

CAP = Cap(services=300, edges=1500)
_BOX_WIDTH, _BOX_HEIGHT = 240, 46
_COLUMN, _ROW = 312, 64
_MARGIN, _TOP = 24, 96
_LETTERS = 29
"""that fit a box at 12 px in any common sans-serif font"""
_CLASSES = {Decision.GO: "go", Decision.HOLD: "hold", Decision.NO_GO: "nogo"}
_STYLE = """
text{font:12px system-ui,sans-serif;fill:#1f2328}
.paper{fill:#ffffff}.box{fill:#f6f8fa;stroke:#8c959f}.soft{fill:#59636e}.title{font-size:16px}
.edge{fill:none;stroke:#8c959f;stroke-width:1.3}.tip{fill:#8c959f}
.go{fill:#1a7f37}.hold{fill:#9a6700}.nogo{fill:#d1242f}
text.go,text.hold,text.nogo{font-weight:600}
@media (prefers-color-scheme:dark){
text{fill:#f0f6fc}.paper{fill:#0d1117}.box{fill:#151b23;stroke:#656c76}.soft{fill:#9198a1}
.edge{stroke:#656c76}.tip{fill:#656c76}.go{fill:#3fb950}.hold{fill:#d29922}.nogo{fill:#f85149}}
"""
_TIP = (
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7"'
    ' orient="auto"><path class="tip" d="M0 0 8 4 0 8z"/></marker></defs>'
)


@frozen
class _Spot:
    x: int
    y: int


def plan_svg(plan: Plan) -> str:
    """The SVG document, ending in a newline."""
    shown = picture(plan, CAP)
    spots = _spots(shown)
    rows = max((len(services) for _, services in shown.columns), default=0)
    width = max(2 * _MARGIN + _COLUMN * len(shown.columns) - (_COLUMN - _BOX_WIDTH), 560)
    height = _TOP + _ROW * rows + 2 * _MARGIN
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {_size(width, height)} role="img"',
        f' viewBox="0 0 {width} {height}" aria-labelledby="title desc">',
        *_head(plan),
        f"<style>{_STYLE}</style>",
        _TIP,
        f'<rect class="paper" {_size(width, height)}/>',
        f'<text class="title" x="{_MARGIN}" y="34">{html(_title(plan))}</text>',
        f'<text class="soft" x="{_MARGIN}" y="54">{html(_under(plan))}</text>',
        *_headings(shown),
        *(_edge(spots[owner], spots[name]) for owner, name in shown.edges),
        *(line for _, services in shown.columns for s in services for line in _box(s, spots)),
        f'<text class="soft" x="{_MARGIN}" y="{height - _MARGIN}">{html(note(shown))}</text>',
        "</svg>",
        "",
    ]
    return "\n".join(lines)


def _size(width: int, height: int) -> str:
    return f'width="{width}" height="{height}"'


def _title(plan: Plan) -> str:
    return cut(f"{plan.decision}: plan of {plan.selection or 'the whole mesh'}", 100)


def _under(plan: Plan) -> str:
    where = f"{plan.environment} (target {plan.target}), digest {plan.digest[:12]}"
    return cut(f"{where}, takes at least {span(plan.bound_seconds)}", 160)


def _head(plan: Plan) -> Iterator[str]:
    yield f'<title id="title">{html(_title(plan))}</title>'
    count = f"{len(plan.services)} services in {len(plan.batches)} batches"
    yield f'<desc id="desc">{html(f"{count}; {_under(plan)}")}</desc>'


def _spots(shown: Picture) -> dict[str, _Spot]:
    return {
        service.service_id: _Spot(_MARGIN + _COLUMN * column, _TOP + _ROW * row)
        for column, (_, services) in enumerate(shown.columns)
        for row, service in enumerate(services)
    }


def _headings(shown: Picture) -> Iterator[str]:
    for column, (batch, _) in enumerate(shown.columns):
        text = f"{batch.id}: tier {batch.effective_tier}, level {batch.level}"
        yield f'<text class="soft" x="{_MARGIN + _COLUMN * column}" y="82">{html(text)}</text>'


def _edge(owner: _Spot, dependent: _Spot) -> str:
    """A curve to the next column; further on, a line in the gap between two rows of boxes."""
    x1, y1 = owner.x + _BOX_WIDTH, owner.y + _BOX_HEIGHT // 2
    x2, y2 = dependent.x - 1, dependent.y + _BOX_HEIGHT // 2
    gutter = _COLUMN - _BOX_WIDTH
    if dependent.x - owner.x == _COLUMN:
        bend = gutter * 3 // 4
        path = f"M{x1} {y1}C{x1 + bend} {y1} {x2 - bend} {y2} {x2} {y2}"
    else:
        lane = dependent.y - (_ROW - _BOX_HEIGHT) // 2
        lane += _ROW if dependent.y <= owner.y else 0
        half = gutter // 2
        path = (
            f"M{x1} {y1}C{x1 + half} {y1} {x1 + half} {lane} {x1 + gutter} {lane}H{x2 - gutter}"
            f"C{x2 - half} {lane} {x2 - half} {y2} {x2} {y2}"
        )
    return f'<path class="edge" marker-end="url(#tip)" d="{path}"/>'


def _box(service: PlannedService, spots: Mapping[str, _Spot]) -> Iterator[str]:
    spot, kind = spots[service.service_id], _CLASSES[service.decision]
    x, y = spot.x, spot.y
    under = f"{tier_label(service)}, {_place(service)}"
    yield f"<g><title>{html(service.service_id)}</title>"
    yield f'<rect class="box" x="{x}" y="{y}" {_size(_BOX_WIDTH, _BOX_HEIGHT)} rx="6"/>'
    yield f'<rect class="{kind}" x="{x}" y="{y}" width="6" height="{_BOX_HEIGHT}" rx="3"/>'
    yield f'<text x="{x + 14}" y="{y + 19}">{html(cut(service.service_id, _LETTERS))}</text>'
    yield (
        f'<text class="{kind}" x="{x + 14}" y="{y + 37}">{html(str(service.decision))}</text>'
        f'<text class="soft" x="{x + 72}" y="{y + 37}">{html(under)}</text></g>'
    )


def _place(service: PlannedService) -> str:
    return f"no. {service.rank + 1} in line"

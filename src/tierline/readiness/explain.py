"""What a gate or a finding code means, for people: what is judged, why, how bad where, and the fix.

Knows the tables only: what was found in a mesh is `check`'s word.
"""

from __future__ import annotations

from collections.abc import Iterable
from textwrap import wrap

from tierline.errors import UsageError
from tierline.mesh.clean import clean
from tierline.mesh.names import nearest
from tierline.policy.model import EnvironmentKind
from tierline.readiness.code import Code
from tierline.readiness.codes import CODES
from tierline.readiness.codes_reading import is_general
from tierline.readiness.gate import Gate
from tierline.readiness.gates import GATE

WIDTH = 80


def explain(
    code: str, more: Iterable[Code] = (), names: Iterable[str] = (), gates: Iterable[Gate] = ()
) -> str:
    """Text for a finding code or a gate's id; `more` are codes that other packages know.

    `names` are further ones that somebody else explains, to be offered where they are near; `gates`
    those that judge something other than a mesh.

    UsageError, with the nearest names, for anything else.
    """
    known = {**CODES, **{one.code: one for one in more}}
    judging = {**GATE, **{one.id: one for one in gates}}
    if code in judging:
        return _gate_text(judging[code], [one for one in known.values() if one.gate == code])
    if code in known:
        return _code_text(known[code], judging.get(known[code].gate))
    everything = [*known, *names]
    by_slug = (name for name in everything if name.endswith(f"/{code}"))
    close = tuple(by_slug)[:5] or nearest(code, [*everything, *judging], 5)
    raise UsageError(
        f"{clean(code)} is neither a gate nor a finding code",
        code="usage/code",
        fix=f"did you mean {' or '.join(close)}?" if close else f"gates: {', '.join(GATE)}",
    )


def _gate_text(gate: Gate, codes: list[Code]) -> str:
    lines = [
        f"gate {gate.id}: {gate.title}",
        "",
        *_paragraph("why", gate.why),
        *_paragraph("judges", gate.documentation),
        *_paragraph("needs", gate.needs),
    ]
    own = [code for code in codes if not is_general(code)]
    if own:
        width = max(len(code.code) for code in own)
        lines += ["", f"{'finding':<{width}}  {_columns()}  meaning"]
        lines += [f"{code.code:<{width}}  {_severities(code)}  {code.title}" for code in own]
    reading = [code.code.partition("/")[2] for code in codes if code not in own]
    if reading:
        text = f"{', '.join(reading)}: see tierline explain {gate.id}/{reading[0]}"
        lines += ["", "and of files that cannot be read as what they should be:"]
        lines += _filled(text, "  ")
    if gate.id in GATE:
        lines += ["", f"what it finds here: tierline check --gate {gate.id}"]
    return "\n".join(lines) + "\n"


def _code_text(code: Code, gate: Gate | None) -> str:
    lines = [f"{code.code}: {code.title}", ""]
    if gate:
        lines += _paragraph("gate", f"{gate.id}: {gate.title}")
    if code.why:
        lines += _paragraph("why", code.why)
    if code.fix:
        lines += _paragraph("fix", code.fix)
    said = ", ".join(f"{kind} {code.built_in(kind)}" for kind in EnvironmentKind)
    lines += _paragraph("severity", f"{said}.{_source(code)}")
    if code.code in CODES and code.gate in GATE:
        lines += ["", "a policy file may say otherwise, a mesh only worse ([policy.severity]):"]
        lines += ["  [severity]", f'  "{code.code}" = "warn"']
        lines += ["or make it a warning for a while:"]
        lines += ["  [[waivers]]", f'  code = "{code.code}"', '  service = "M05"']
        lines += ['  reason = "WHY"', '  author = "WHO"', "  expires = YYYY-MM-DD"]
        lines += ["", f"where it is found here: tierline check --code {code.code}"]
    return "\n".join(lines) + "\n"


def _source(code: Code) -> str:
    if not code.demand:
        return ""
    return f" It follows the requirement {code.demand} of the policy."


def _columns() -> str:
    return "  ".join(f"{kind:<10}" for kind in EnvironmentKind)


def _severities(code: Code) -> str:
    return "  ".join(f"{code.built_in(kind):<10}" for kind in EnvironmentKind)


def _paragraph(label: str, text: str) -> list[str]:
    """A labelled paragraph, its later lines indented under the first."""
    return _filled(text, f"{label + ':':<10}")


def _filled(text: str, first: str) -> list[str]:
    """Lines of at most WIDTH; ids and paths are never broken."""
    return wrap(
        text,
        WIDTH,
        initial_indent=first,
        subsequent_indent=" " * len(first),
        break_long_words=False,
        break_on_hyphens=False,
    )

"""What both renderings of a context say of the release as a whole, as plain texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from tierline.context.codes import title_of
from tierline.context.documents import count
from tierline.context.model import Input, Release, Sheet, Standing, Step
from tierline.facts.decision import Severity
from tierline.frozen import frozen
from tierline.mesh.local_dev import LocalDev, Named
from tierline.mesh.statement import Statement
from tierline.readiness.model import Finding
from tierline.report.context_row import joined

WORST_FIRST = (Severity.FAIL, Severity.UNKNOWN, Severity.WARN)
DUE = {
    "always": "always",
    "contracts": "yes",
    "if-contracts": "perhaps",
    "no": "no",
    "own": "no",
}
"""whether a script is due, in a word"""


def title(release: Release) -> str:
    """What it is the context of."""
    what = release.selection or "the whole mesh"
    return f"Release context of {what} (mesh: {release.mesh}, environment: {release.environment})"


def summary(release: Release) -> str:
    """How much there is of everything."""
    batches = [batch for tier in release.tiers for batch in tier.batches]
    inputs = tuple(all_inputs(release))
    standing = Counter(one.standing for one in inputs)
    wrong = ", ".join(f"{standing[one]} {one}" for one in Standing if standing[one])
    counted = Counter(one.status for one in all_findings(release))
    found = ", ".join(f"{counted[one]} {one}" for one in WORST_FIRST if counted[one]) or "none"
    return (
        f"{count(len(release.sheets), 'service')} in {count(len(batches), 'batch', 'batches')} of "
        f"{count(len(release.tiers), 'tier')}; inputs: {wrong}; findings: {found}; "
        f"digest {release.digest[:12]}"
    )


def all_inputs(release: Release) -> Iterator[Input]:
    """Of the mesh, then of each service."""
    yield from release.inputs
    for sheet in release.sheets.values():
        yield from sheet.inputs


def all_findings(release: Release) -> Iterator[Finding]:
    """Of the release, then of each service."""
    yield from release.findings
    for sheet in release.sheets.values():
        yield from sheet.findings


@frozen
class FoundKind:
    """Findings of one code, and the services that they are of, in the order of the release."""

    code: str
    title: str
    status: Severity
    services: tuple[str, ...]


def kinds(release: Release) -> list[FoundKind]:
    """What was found of services, by code, worst and most frequent first."""
    found: dict[tuple[str, Severity], dict[str, None]] = {}
    for name, sheet in release.sheets.items():
        for one in sheet.findings:
            found.setdefault((one.code, one.status), {})[name] = None
    every = [
        FoundKind(code, title_of(code), status, tuple(services))
        for (code, status), services in found.items()
    ]
    return sorted(
        every, key=lambda one: (WORST_FIRST.index(one.status), -len(one.services), one.code)
    )


def counted(findings: Iterable[Finding]) -> str:
    """`2 unknown, 1 warn`; "" for none."""
    found = Counter(one.status for one in findings)
    return joined(f"{found[one]} {one}" for one in WORST_FIRST if found[one])


def listed(sheet: Sheet) -> str:
    """Whether it is listed as implemented, in a word."""
    return {None: "?", True: "yes", False: "no"}[sheet.lifecycle.listed]


def step_facts(step: Step) -> Iterator[tuple[str, str]]:
    """What the guide says of a script: part and text; what it does not say is said."""
    script = step.script
    if script is None:
        yield "the guide", "does not mention it"
        return
    for label, found in (
        ("", script.purpose), ("arguments", script.arguments),
        ("needs", script.prerequisites), ("reads", script.reads), ("writes", script.writes),
    ):  # fmt: skip
        text = as_text(found)
        if text:
            yield label, text
    unsaid = [
        label for label, found in (("reads", script.reads), ("writes", script.writes)) if not found
    ]
    if unsaid:
        yield "the guide", f"does not say what it {' or '.join(unsaid)}"


def sayings(guide: LocalDev) -> Iterator[Statement]:
    """The sentences of the local guide that do not only lead to its commands."""
    leading = {one.section for one in guide.commands}
    yield from (one for one in guide.statements if one.text not in leading)


def told_steps(release: Release) -> Iterator[Step]:
    """The scripts of which something can be told: they are there, or the guide names them."""
    yield from (step for step in release.steps if step.exists or step.script is not None)


def as_text(statements: Iterable[Statement]) -> str:
    """Statements as one text."""
    return "; ".join(one.text.rstrip(".;") for one in statements)


def unsaid(guide: LocalDev) -> Iterator[tuple[str, Named]]:
    """Ports, systems and variables of the local guide: ("port", ...), and so on.

    A variable is left out where one of the sayings tells of it.
    """
    said = {one.text for one in sayings(guide)}
    yield from (("system", one) for one in guide.infrastructure)
    yield from (("port", one) for one in guide.ports)
    yield from (("variable", one) for one in guide.variables if one.text not in said)

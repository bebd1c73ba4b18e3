"""Gate waivers: is every exception known, explained, needed and still in time?

It judges after all other gates, by what they found; it knows no file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tierline.facts.decision import Severity
from tierline.mesh.clean import clean
from tierline.mesh.defect import Defect, Place
from tierline.mesh.model import Mesh
from tierline.mesh.names import nearest, short_id
from tierline.policy.model import EnvironmentKind, Policy, Waiver
from tierline.readiness.code import severity
from tierline.readiness.codes import CODES
from tierline.readiness.facts import GateFacts
from tierline.readiness.gate import Found
from tierline.readiness.waive import day_of

BASELINE = "tierline-baseline.toml"
"""the file at the mesh's root whose waivers count for local environments"""
SOON_SECONDS = 14 * 86_400.0
"""how long before its end a waiver is told of"""


def judge_waivers(mesh: Mesh, facts: GateFacts, policy: Policy, found: Found) -> Iterator[Defect]:
    """Every waiver of the policy that is unknown, unexplained, expired or for nothing."""
    yield from (one for one in facts.policy_defects if one.code.startswith("waivers/"))
    if policy.kind is not EnvironmentKind.LOCAL and BASELINE in facts.tree.entries:
        shown = facts.tree.shown(BASELINE)
        message = f"the waivers of {shown} do not count in {policy.environment}"
        yield Defect("waivers/in-mesh", message, Place(shown))
    judging = _Judging(mesh, policy, found)
    for waiver in policy.waivers:
        yield from judging.of(waiver)
    yield from _mended(policy.waivers, found)


class _Judging:
    """What was found, by what waivers are for."""

    def __init__(self, mesh: Mesh, policy: Policy, found: Found) -> None:
        self._policy = policy
        self._found = found
        self._ids = {name: name for name in mesh.services}
        self._ids |= {short_id(name): name for name in mesh.services}
        self._codes = {
            (one.code, name) for one in found.findings for name in _names(one.service_id)
        }
        self._prints = {one.fingerprint for one in found.findings}

    def of(self, waiver: Waiver) -> Iterator[Defect]:
        """What is wrong with one waiver."""
        known = CODES.get(waiver.code)
        if not waiver.reason.strip() or not waiver.author.strip():
            yield self._defect(waiver, "no-reason", "has no reason or no author")
        if known is None or known.gate == "readiness":
            close = nearest(waiver.code, CODES)
            fix = f"did you mean {' or '.join(close)}?" if close else ""
            yield self._defect(waiver, "unknown-code", "names a code that no gate gives", fix)
            return
        if waiver.service_id is not None and waiver.service_id not in self._ids:
            close = nearest(waiver.service_id, self._ids)
            fix = f"did you mean {' or '.join(close)}?" if close else ""
            words = f"is for {clean(waiver.service_id)}, which the mesh does not have"
            yield self._defect(waiver, "unknown-service", words, fix)
            return
        needed = self._is_needed(waiver)
        if waiver.expires <= self._found.now:
            if needed or not waiver.findings:
                yield self._defect(waiver, "expired", f"expired on {day_of(waiver.expires)}")
        elif needed and waiver.expires - self._found.now <= SOON_SECONDS:
            yield self._defect(waiver, "expiring", f"ends on {day_of(waiver.expires)}")
        judged = known.gate in self._found.judged and not waiver.findings
        counts = severity(known, self._policy) is not Severity.OK
        if judged and counts and not needed:
            yield self._defect(waiver, "unused", "matches nothing that was found")

    def _defect(self, waiver: Waiver, slug: str, words: str, fix: str = "") -> Defect:
        service = self._ids.get(waiver.service_id or "")
        about = f" for {clean(waiver.service_id)}" if waiver.service_id else ""
        by = f", by {clean(waiver.author)}: {clean(waiver.reason, 200)}"
        message = f"the waiver of {clean(waiver.code)}{about}{by}: {words}"
        return Defect(f"waivers/{slug}", message, waiver.place, fix, service)

    def _is_needed(self, waiver: Waiver) -> bool:
        if waiver.findings:
            return not self._prints.isdisjoint(waiver.fingerprints)
        return (waiver.code, waiver.service_id) in self._codes


def _names(service_id: str | None) -> tuple[str | None, ...]:
    return (None,) if service_id is None else (None, service_id, short_id(service_id))


def _mended(waivers: Sequence[Waiver], found: Found) -> Iterator[Defect]:
    """How much of each baseline is mended, told once a file."""
    prints = {one.fingerprint for one in found.findings}
    files: dict[str, list[Waiver]] = {}
    for waiver in waivers:
        if waiver.findings:
            files.setdefault(waiver.place.path, []).append(waiver)
    for path, own in files.items():
        mended = sum(
            one not in prints
            for waiver in own
            if waiver.code.partition("/")[0] in found.judged
            for one in waiver.fingerprints
        )
        if mended:
            total = sum(len(waiver.findings) for waiver in own)
            verb = "is" if mended == 1 else "are"
            message = f"{mended} of {total} findings of the baseline {verb} mended"
            inside = path.endswith(f"/{BASELINE}")
            fix = f"take them out: tierline check --baseline{'' if inside else f' {clean(path, 200)}'}"
            yield Defect("waivers/mended", message, Place(path), fix)

"""Gate settings: is tierline.toml sound, and does the mesh only ever tighten its policy?

Knows the table of finding codes, which policy does not: so severities are compared here.
"""

from __future__ import annotations

from collections.abc import Iterator

from tierline.mesh.clean import clean
from tierline.mesh.defect import Defect
from tierline.mesh.model import Mesh
from tierline.mesh.names import nearest
from tierline.mesh.settings_file import PATH
from tierline.mesh.source import Source
from tierline.mesh.tomltext import read_toml
from tierline.policy.model import Policy
from tierline.readiness.code import base_severity, worse
from tierline.readiness.codes import CODES
from tierline.readiness.facts import GateFacts


def judge_settings(mesh: Mesh, facts: GateFacts, policy: Policy) -> Iterator[Defect]:
    """What resolving the policy refused, and severities of `[policy.severity]` that mean nothing."""
    del mesh
    yield from (one for one in facts.policy_defects if one.code.startswith("settings/"))
    source = Source(facts.tree.shown(PATH), "settings")
    entry = facts.tree.entries.get(PATH)
    read = read_toml(entry.content, source) if policy.floors and entry and entry.content else None
    for code, wanted in policy.floors.items():
        known = CODES.get(code)
        place = read[1].of("policy", "severity", code) if read else None
        if known is None:
            close = nearest(code, CODES)
            yield Defect(
                "settings/unknown-code",
                f"policy.severity names {clean(code)}, which no gate ever reports",
                place or source.place(),
                f"did you mean {' or '.join(close)}?" if close else "remove the line",
            )
            continue
        current = base_severity(known, policy)
        if worse(current, wanted) is not wanted:
            yield Defect(
                "settings/loosens",
                f"policy.severity of {code} = {wanted} would loosen the policy of "
                f"{policy.environment}, which says {current}; it stays {current}",
                place or source.place(),
                "a mesh may only tighten: remove the line, or ask for it in the policy file",
            )

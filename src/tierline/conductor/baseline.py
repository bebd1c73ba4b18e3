"""The mesh's own file of waivers: read where it may count, which is in local environments only."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tierline.evidence.content import Content
from tierline.mesh.defect import Defect, Place
from tierline.policy.model import EnvironmentKind, Policy
from tierline.policy.waivers import SIZE, parse_waivers
from tierline.readiness.waivers import BASELINE


def with_own_waivers(root: Path, policy: Policy) -> tuple[Policy, tuple[Defect, ...]]:
    """The policy with the waivers that the mesh at `root` brings along, if they count here.

    A file that cannot be read or has an error waives nothing, and its defects say so.
    """
    if policy.kind is not EnvironmentKind.LOCAL or not (root / BASELINE).is_file():
        return policy, ()
    shown = f"{root.name}/{BASELINE}"
    content = Content.below(root).read(BASELINE, SIZE)
    if content is None:
        words = f"cannot be read, is larger than {SIZE} bytes, or leads out of the mesh"
        return policy, (Defect("waivers/unreadable", words, Place(shown)),)
    waivers, defects = parse_waivers(content, shown)
    return replace(policy, waivers=(*policy.waivers, *waivers)), defects

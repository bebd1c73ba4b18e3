"""What identifies a policy: two policies with one digest decide alike; knows no policy's origin."""

from __future__ import annotations

import dataclasses
import json

from tierline.facts.revision import digest_of
from tierline.policy.model import Policy


def policy_digest(policy: Policy) -> str:
    """32 hex digits over every field of the policy, but for where waivers stand and which issue they belong to.

    The order of mappings does not count.
    """
    values = dataclasses.asdict(policy)
    for waiver in values["waivers"]:
        del waiver["place"], waiver["issue"]
    return digest_of([json.dumps(values, sort_keys=True)])

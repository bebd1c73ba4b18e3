"""What identifies a policy: two policies with one digest decide alike; knows no policy's origin."""

from __future__ import annotations

import dataclasses
import json

from tierline.facts.revision import digest_of
from tierline.policy.model import Policy


def policy_digest(policy: Policy) -> str:
    """32 hex digits over every field of the policy; the order of mappings does not count."""
    return digest_of([json.dumps(dataclasses.asdict(policy), sort_keys=True)])

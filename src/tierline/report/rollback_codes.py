"""What the codes of a rollback mean: why nothing may go back, and what went back."""

from __future__ import annotations

from typing import Final

from tierline.readiness.code import ALWAYS_UNKNOWN, Code

_FORWARD = "Fix forward: release what works with the data as it is. Or leave it held."
_DRY = "See the chain: tierline rollback --dry-run."

_REASONS: tuple[tuple[str, str, str, str], ...] = (
    (
        "restored",
        "It went back to what ran before",
        "It failed, or what failed does not work without it.",
        "Mend it, then release it again.",
    ),
    (
        "destructive-migration",
        "A migration was applied that the old revision does not survive",
        "tierline never moves data back, so the old revision would meet what it does not know.",
        _FORWARD,
    ),
    (
        "new-format",
        "Data may exist in a format that the old revision cannot read",
        "What was written stays, whoever reads it next.",
        _FORWARD,
    ),
    (
        "owner-wrote",
        "It took data over in this rollout, and may have written",
        "Two owners of the same data, or none, is never right.",
        _FORWARD,
    ),
    (
        "data-unknown",
        "Nobody knows whether the old revision survives a migration",
        "What cannot be read is not taken for harmless.",
        "Say in deploy/release.yaml of the old revision which epochs it accepts; till then fix forward.",
    ),
    (
        "artifact-missing",
        "What ran before is not kept any more",
        "A rollback builds nothing: what it starts was verified as it is.",
        "Release the former sources: they are built and verified anew.",
    ),
    (
        "target-flagged",
        "What ran before was found bad itself",
        "Its newest judgement is that it failed.",
        _FORWARD,
    ),
    (
        "outside",
        "A service outside the rollout would have to go back, too",
        "A rollback touches only what its own rollout changed.",
        _DRY,
    ),
    (
        "lockstep",
        "Services only work together, so they would have to stop together",
        "No order of going back one by one is safe.",
        "Allow it, if their users can wait: tierline rollback --downtime.",
    ),
    (
        "compatibility-unknown",
        "Only an unknown boundary stands in the way",
        "Nobody compared these revisions, and unknown is never taken for safe.",
        "Add the contract file that is missing, so that the next release can be judged.",
    ),
    (
        "drift",
        "Something else runs than the journal knows",
        "Somebody changed the service beside the rollout.",
        "See who: tierline status. Then release anew.",
    ),
    (
        "nothing",
        "There is nothing to roll back",
        "What failed was not started, or ran at this revision before.",
        "Mend it and go on: tierline resume.",
    ),
)

ROLLBACK_CODES: Final = tuple(
    Code(f"rollback/{slug}", title, ALWAYS_UNKNOWN, why, fix) for slug, title, why, fix in _REASONS
)

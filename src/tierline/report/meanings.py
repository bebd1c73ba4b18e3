"""What the codes of a rollout mean: why a service failed, is held, or is an issue.

Codes of gates are not here (`readiness` knows those), and those of a judgement are `verification`'s.
Knows no rollout in particular. The severity of a code says what it makes of a service: fail is
failed, unknown is held, warn is neither.
"""

from __future__ import annotations

from typing import Final

from tierline.readiness.code import ALWAYS_FAIL, ALWAYS_UNKNOWN, Code
from tierline.report.rollback_codes import ROLLBACK_CODES
from tierline.verification.codes import CODES as JUDGED

_BUILDS = ("failed", "bad-name", "escape", "missing", "no-folder", "too-large", "unreadable")
"""how a build can fail; its message says it in full"""

_OWN = (
    Code(
        "port/taken",
        "Its port is taken",
        ALWAYS_FAIL,
        "Another process got the port between choice and start, several times.",
        "Roll it out again; if it persists, see who listens there.",
    ),
    Code(
        "build/no-tool",
        "This machine lacks what builds it",
        ALWAYS_FAIL,
        "Only services in that language are held; the others are rolled out.",
        "See how to get it: tierline doctor. Then: tierline resume.",
    ),
    Code(
        "build/moved",
        "Its files are no longer what was planned",
        ALWAYS_FAIL,
        "Built from them, something else would run under the planned revision.",
        "Plan again: tierline rollout --supersedes latest.",
    ),
    Code(
        "lease/lost",
        "Somebody else conducts the environment",
        ALWAYS_UNKNOWN,
        "What a former conductor asks for is refused.",
        "See who: tierline status.",
    ),
    Code(
        "effect/unknown",
        "The target did not say whether it started it",
        ALWAYS_UNKNOWN,
        "It was asked several times, under one key, so that it is not started twice.",
        "See whether the target works: tierline status. Then: tierline resume.",
    ),
    Code(
        "blocked/owner",
        "It waits for an owner",
        ALWAYS_UNKNOWN,
        "It reads data of a service that did not pass.",
        "Follow the chain to its end and mend that one.",
    ),
    Code(
        "blocked/tier",
        "Its tier is closed",
        ALWAYS_UNKNOWN,
        "A service of a lower tier did not pass, and the policy keeps later tiers closed.",
        "Mend that service, or set on_tier_failure in the policy file.",
    ),
    Code(
        "blocked/contract",
        "A contract wants another service first",
        ALWAYS_UNKNOWN,
        "Until the other service is verified, this one would meet a revision that breaks it, or "
        "break one itself.",
        "Mend the other service; tierline plan shows why it goes first.",
    ),
    Code(
        "blocked/capacity",
        "There is no room for it",
        ALWAYS_UNKNOWN,
        "Too many services failed for the failure budget, or too many are on their way.",
        "Mend what failed.",
    ),
    Code(
        "blocked/checkpoint",
        "It waits at a checkpoint",
        ALWAYS_UNKNOWN,
        "Somebody asked to stop after each tier or batch, and the one before it is not passed yet.",
        "Look at what is verified so far, then: tierline resume.",
    ),
    Code(
        "blocked/command",
        "Somebody holds the rollout",
        ALWAYS_UNKNOWN,
        "Nothing new starts until resumed.",
        "tierline resume, when it is time.",
    ),
    Code(
        "blocked/evidence",
        "It could not be judged",
        ALWAYS_UNKNOWN,
        "Evidence was missing when the time was over.",
        "tierline verify SERVICE shows what is missing.",
    ),
    Code(
        "rollout/unverified",
        "It runs, and nobody proved that it works",
        ALWAYS_UNKNOWN,
        "The rollout ended while it was being verified.",
        "tierline verify SERVICE.",
    ),
    Code(
        "rollout/break-glass",
        "Gates were passed in an emergency",
        ALWAYS_UNKNOWN,
        "What runs was verified, but went out without the consent of gates or of a second person. "
        "The issue stays open until its services are rolled out without breaking the glass.",
        "Mend what was passed, and roll out again without --break-glass.",
    ),
    Code(
        "ledger/noted",
        "A person noted it",
        ALWAYS_UNKNOWN,
        "No rollout can know whether it is solved, so that nothing but a person closes the issue.",
        "See what to do next: tierline issues. When it is solved: tierline issues close.",
    ),
    Code(
        "rollout/unexplained",
        "It did not pass, without a reason",
        ALWAYS_UNKNOWN,
        "The target gave none.",
        "Read its last output: tierline logs SERVICE.",
    ),
)

ROLLOUT_CODES: Final = (
    *JUDGED,
    *_OWN,
    *ROLLBACK_CODES,
    *(
        Code(
            f"build/{slug}",
            "It could not be built",
            ALWAYS_FAIL,
            "What cannot be built cannot be started; its message has the tool's last words.",
            "Mend it and commit.",
        )
        for slug in _BUILDS
    ),
)
"""every code that a rollout gives, those of its judgements first; for `explain`"""

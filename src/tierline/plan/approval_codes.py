"""The gate of approval and what it finds, for `tierline explain`; it judges a plan, not a mesh."""

from __future__ import annotations

from typing import Final

from tierline.readiness.code import ALWAYS_FAIL, ALWAYS_WARN, UNKNOWN, Code
from tierline.readiness.gate import Gate

APPROVAL_GATE: Final = Gate(
    "approval",
    "Approval by another person",
    "Two people see what ships: one who wrote it, and one who did not.",
    "the plan, the policy's [trust], signed approvals, and the git history of the mesh",
    "A rollout begins only with a valid approval of exactly its plan: signed with a key that the "
    "policy trusts, by an approver, for this environment, not withdrawn, not expired, and not by "
    "who wrote the newest commit of a planned service. It is judged when a rollout begins, since "
    "an approval cannot be part of what it signs.",
)


def _code(slug: str, title: str, why: str, fix: str, demand: str = "approval") -> Code:
    return Code(f"approval/{slug}", title, ALWAYS_FAIL, why, fix, demand, UNKNOWN)


_AGAIN = "Approve this plan: tierline approve PLAN."

APPROVAL_CODES: Final = (
    Code(
        "approval/needed",
        "The rollout will need an approval",
        ALWAYS_WARN,
        "The policy wants a second person to have seen the plan.",
        "Write the plan with tierline plan -o FILE, and have it approved: tierline approve FILE.",
    ),
    _code(
        "missing",
        "Nobody has approved the plan",
        "The policy wants a second person to have seen exactly this plan.",
        "An approver runs tierline approve PLAN; then roll the same plan out.",
    ),
    _code(
        "other-plan",
        "The approval is of another plan",
        "What was approved is not what would ship; whatever is bound moves the digest.",
        _AGAIN,
    ),
    _code(
        "other-environment",
        "The approval is for another environment or mesh",
        "Consent to one place says nothing of another.",
        _AGAIN,
    ),
    _code(
        "bad-signature",
        "The signature is not that of the key",
        "The statement was changed after it was signed, or somebody else made it.",
        "Ask the approver for it again; find out who changed it.",
    ),
    _code(
        "key-not-trusted",
        "The policy does not trust the key",
        "Anybody can make a key. Only keys under [trust] of the policy file count.",
        "Have the key added there: tierline key list prints it. Or approve with a trusted one.",
    ),
    _code(
        "wrong-holder",
        "The key belongs to somebody else",
        "The policy says whose each key is; the approval names another person.",
        "Approve with your own key.",
    ),
    _code(
        "not-an-approver",
        "The signer may not approve",
        "The policy trusts the key, but its holder is none of its approvers.",
        "Ask an approver; [trust] approvers of the policy file names them.",
    ),
    _code(
        "withdrawn",
        "The approval was taken back",
        "Whoever approved it does not any more. The old approval is worth nothing again.",
        _AGAIN,
    ),
    _code(
        "expired",
        "The approval is too old",
        "The longer ago somebody looked, the less it says; limits.approval_hours sets how long.",
        _AGAIN,
    ),
    _code(
        "from-the-future",
        "The approval is from the future",
        "An approval made out for later would never expire.",
        "Set the clocks right, and approve again.",
    ),
    _code(
        "by-author",
        "The approver wrote what ships",
        "Nobody sees their own mistakes; a second pair of eyes has to be somebody else's.",
        "Ask another approver.",
        "independence",
    ),
    _code(
        "author-unknown",
        "Nobody can tell whether the approver wrote what ships",
        "Uncommitted changes, a history that is cut off, or an approver without an e-mail address "
        "leave open who wrote it. What is unknown is never a pass.",
        "Commit; fetch the whole history; add the approver's addresses in the policy file.",
        "independence",
    ),
)
"""what is found of approvals; where the policy only expects them, it is a warning"""

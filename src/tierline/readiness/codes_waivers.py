"""Finding codes of the gate waivers."""

from __future__ import annotations

from tierline.readiness.code import ALWAYS_FAIL, ALWAYS_WARN, WARN_LOCALLY, Code

_NARROW = "A waiver that means nothing is a spelling mistake, or a hole kept open for later."
_ENDS = "An exception without an end becomes the rule."

WAIVERS = (
    Code(
        "waivers/expired", "A waiver has expired", ALWAYS_FAIL, _ENDS,
        "Mend what it was for and remove it, or have it renewed by whoever answers for it.",
    ),
    Code(
        "waivers/expiring", "A waiver ends soon", ALWAYS_WARN,
        "What it is for fails again from that day on.", "Mend what it is for in time.",
    ),
    Code(
        "waivers/no-reason", "A waiver without reason or author", ALWAYS_FAIL,
        "Nobody can be asked whether the exception still holds.",
        "Write why it is needed and who answers for it.",
    ),
    Code(
        "waivers/unknown-code", "A waiver of a finding that does not exist", WARN_LOCALLY, _NARROW,
        "Correct the code, or remove the waiver.",
    ),
    Code(
        "waivers/unknown-service", "A waiver for a service that does not exist", WARN_LOCALLY,
        _NARROW, "Correct the service, or remove the waiver.",
    ),
    Code(
        "waivers/unused", "A waiver that matches nothing", ALWAYS_WARN, _NARROW, "Remove it.",
    ),
    Code(
        "waivers/mended", "Findings of a baseline are mended", ALWAYS_WARN,
        "What is mended and stays waived may come back unseen.",
        "Take it out: tierline check --baseline.",
    ),
    Code(
        "waivers/in-mesh", "Waivers of the mesh do not count here", ALWAYS_WARN,
        "Whoever can commit could otherwise write the exceptions that a release is judged by, so a "
        "baseline in the mesh counts for local environments only.",
        "Keep one beside the policy file: tierline check --baseline FILE, then waivers_from.",
    ),
)  # fmt: skip

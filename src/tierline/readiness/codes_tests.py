"""Finding codes of the gate tests: why a suite of a service does not count as passed."""

from __future__ import annotations

from typing import Final

from tierline.readiness.code import ALWAYS_FAIL, ALWAYS_WARN, FAIL, UNKNOWN, Code

_RUN = "Run the suites: tierline test SELECTION. Or import evidence: tierline evidence import FILE."
_STRANGER = "Anybody can make a key and sign what they like with it."
_FORGED = "What was changed after it was signed proves nothing; neither does what nobody signed."


def _code(slug: str, title: str, why: str, fix: str = _RUN, demand: str = "tests") -> Code:
    when = FAIL if slug == "failed" else UNKNOWN
    return Code(f"tests/{slug}", title, ALWAYS_FAIL, why, fix, demand, when)


MISSING: Final = _code(
    "missing",
    "No test evidence",
    "A revision that nobody tested is not ready. Missing is unknown, never passed.",
)

TESTS: Final = (
    MISSING,
    _code(
        "not-judged",
        "Nobody looked for test evidence",
        "A gate that was not asked has shown nothing.",
        "Run the whole check: tierline check.",
    ),
    _code(
        "no-state",
        "Test evidence cannot be looked at",
        "Evidence is kept in the state folder. What nobody could read is unknown, never passed.",
        "Give a state folder of your own: XDG_STATE_HOME or HOME.",
    ),
    _code(
        "failed",
        "A suite failed",
        "The newest evidence that counts says that tests of this very revision failed.",
        "Mend the service or its tests, and run them again: tierline test SELECTION.",
    ),
    _code(
        "no-tests",
        "A suite without tests",
        "Nothing ran, so nothing was shown to work.",
        "Write tests in tests/unit, tests/integration and tests/contract of the service.",
    ),
    _code(
        "other-revision",
        "Evidence of another revision",
        "Code, contract, lock file or toolchain differ from what was tested; a test says nothing of "
        "what it did not run.",
    ),
    _code(
        "other-service",
        "Evidence of another service in this one's place",
        "A result speaks for the service that it names, whatever its file is called.",
    ),
    _code(
        "other-mesh",
        "Evidence of another mesh",
        "Services of two meshes may share an id.",
    ),
    _code(
        "other-environment",
        "Evidence made for other environments",
        "Whoever tested says for which environments; others may ask for more.",
        "Run the suites for this one, too: tierline test SELECTION --for ENVIRONMENT.",
    ),
    _code("bad-signature", "The signature is not that of the key", _FORGED),
    _code("unsigned", "Evidence without a signature", _FORGED),
    _code(
        "malformed",
        "A file of evidence that is none",
        "What cannot be read as a test result proves nothing.",
        "Remove the file, and run the suites again: tierline test SELECTION.",
    ),
    _code(
        "foreign-key",
        "Signed with a key that is neither ours nor trusted",
        _STRANGER,
        "Have the key added to [trust] keys of the policy file, or run the suites here.",
    ),
    _code(
        "key-not-trusted",
        "The policy does not trust the key",
        _STRANGER + " Only keys under [trust] of the policy file count here.",
        "Have the key added there (tierline key list prints it), or test with a trusted one.",
        "trusted_tests",
    ),
    _code(
        "from-the-future",
        "Evidence from the future",
        "Evidence made out for later would never expire.",
        "Set the clocks right, and run the suites again.",
    ),
    _code(
        "expired",
        "Evidence that is too old",
        "What a service depends on moves on without it; limits.test_hours sets how old it may be.",
    ),
    _code(
        "revision-unknown",
        "The service's revision cannot be told",
        "Without it nobody can say whether evidence is of what would ship.",
        "Make the files that the message names readable.",
    ),
    Code(
        "tests/expected-suite",
        "A suite that is only expected",
        ALWAYS_WARN,
        "The policy asks for this suite by `expected`, so what it lacks is told and decides nothing.",
        _RUN,
    ),
)
"""what the gate finds; how bad each is follows from the requirement `tests` of the policy"""

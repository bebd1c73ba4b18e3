"""Finding codes of the gates that judge proto contracts."""

from __future__ import annotations

from collections.abc import Iterator

from tierline.readiness.code import ALWAYS_FAIL, ALWAYS_WARN, UNKNOWN, WARN_LOCALLY, Code

_OPEN = "What nobody could compare may break whoever still speaks the old contract."
_STUBS = "Services are built from the stubs: what differs from the contract is another contract."


def _of_each() -> Iterator[Code]:
    for gate in ("proto-lint", "proto-breaking", "proto-generated"):
        yield Code(
            f"{gate}/no-reference", "Nothing to compare the contracts with", ALWAYS_WARN, _OPEN,
            "Name a commit that has the contracts of before: --against main.",
            demand="contracts", when_required=UNKNOWN,
        )  # fmt: skip
        yield Code(
            f"{gate}/no-answer", "buf gave no answer", ALWAYS_WARN, _OPEN,
            "Do what the message asks for, then check again.",
            demand="contracts", when_required=UNKNOWN,
        )  # fmt: skip


PROTO = (
    *_of_each(),
    Code(
        "proto-lint/rule", "A rule of buf lint is broken", WARN_LOCALLY,
        "Contracts that follow the rules stay readable to every generator and every reader.",
        "Follow the rule, or leave it out in contracts/buf.yaml, where everybody sees it.",
    ),
    Code(
        "proto-lint/not-compiled", "A proto file that does not compile", ALWAYS_FAIL,
        "Nobody can generate stubs from it, and nothing can be said of whom it breaks.",
        "Mend the place named: tierline contracts lint.",
    ),
    Code(
        "proto-breaking/incompatible", "A change that breaks whom the contract binds", ALWAYS_WARN,
        "A dependent that still speaks the old contract must go on working while both run.",
        "Keep the old beside the new (a new field, procedure or package version) until nobody "
        "uses it.", demand="contracts",
    ),
    Code(
        "proto-breaking/rules-moved", "The rules changed together with what they judge",
        ALWAYS_WARN,
        "Who changes a contract and the rule that forbids it in one release was judged by nobody.",
        "Change the rules in a release of their own.", demand="contracts", when_required=UNKNOWN,
    ),
    Code(
        "proto-generated/missing", "A stub is missing", WARN_LOCALLY, _STUBS,
        "Generate it: tierline contracts generate.",
    ),
    Code(
        "proto-generated/differs", "A stub that differs from its contract", WARN_LOCALLY, _STUBS,
        "Generate it anew: tierline contracts generate.",
    ),
    Code(
        "proto-generated/left-over", "A stub of no contract", WARN_LOCALLY,
        "Whoever builds from it speaks a contract that is not there any more.",
        "Remove it: tierline contracts generate.",
    ),
)  # fmt: skip

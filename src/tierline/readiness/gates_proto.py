"""Rows of the gates that judge proto contracts, all three by what the real buf says."""

from __future__ import annotations

from typing import Final

from tierline.readiness import late
from tierline.readiness.gate import Gate

_WHEN = (
    " Asked only where proto files, stubs or settings of buf differ from the reference: --against, "
    "else what the environment runs, else where the branch began, on the default branch the commit "
    "before."
)

PROTO_GATES: Final = (
    Gate(
        "proto-lint",
        "Protobuf style",
        "Contracts that follow the rules stay readable to every generator.",
        "contracts/**/*.proto, contracts/buf.yaml, a reference to compare with, and buf",
        "Every proto file compiles, and `buf lint` has nothing to say of any." + _WHEN,
        late.judge("proto", "judge_proto_lint"),
        off=late.off("proto", "proto_off"),
    ),
    Gate(
        "proto-breaking",
        "Protobuf compatibility",
        "A dependent that still speaks the old contract must go on working.",
        "contracts/**/*.proto now and at the reference, contracts/buf.yaml, and buf",
        "`buf breaking` finds nothing between the files of the reference and those of today, by the "
        "rules of contracts/buf.yaml. Changing these rules in the same release is a finding." + _WHEN,
        late.judge("proto", "judge_proto_breaking"),
        off=late.off("proto", "proto_off"),
    ),
    Gate(
        "proto-generated",
        "Generated stubs",
        "Stubs that differ from their contract are another contract.",
        "contracts/**/*.proto, contracts/buf.gen.yaml, its folders of stubs, buf and its plugins",
        "What the plugins of contracts/buf.gen.yaml generate, in a scratch folder, is what the mesh "
        "has: nothing is missing, differs, or is left over, tracked by git or not. Only plugins "
        "that are installed as protoc-gen-NAME are run, and remote ones of buf.build; any other is "
        "unknown. Off where buf.gen.yaml names none." + _WHEN,
        late.judge("proto", "judge_proto_generated"),
        off=late.off("proto", "stubs_off"),
    ),
)  # fmt: skip

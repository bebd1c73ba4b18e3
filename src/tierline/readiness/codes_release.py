"""Finding codes of what services say of their data in `deploy/release.yaml`."""

from __future__ import annotations

from typing import Final

from tierline.readiness.code import ALWAYS_FAIL, Code

RELEASE: Final = (
    Code(
        "release/unknown-key",
        "A key that nobody reads",
        ALWAYS_FAIL,
        "What stands under a misspelt key is not heeded when something has to go back.",
        "Write one of the keys that the message names.",
    ),
    Code(
        "release/bad-interval",
        "No interval of epochs",
        ALWAYS_FAIL,
        "Without it nobody knows with which state of its data a revision works.",
        "Write the lowest and the highest epoch: [3, 4].",
    ),
)

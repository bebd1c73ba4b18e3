"""Finding codes of the gate that judges whether former revisions can still be had."""

from __future__ import annotations

from typing import Final

from tierline.readiness.code import ALWAYS_WARN, WARN_LOCALLY, Code

FORMER: Final = (
    Code(
        "former/gone",
        "What ran before cannot be had any more",
        WARN_LOCALLY,
        "If this release fails, nothing can bring the former revision back: a rollback builds nothing.",
        "Put its images back under their digests, or accept that what fails is mended forward: a "
        "waiver. Raise kept_revisions, and keep images for as long in the registry.",
    ),
    Code(
        "former/unknown",
        "Nobody can say whether what ran before can still be had",
        ALWAYS_WARN,
        "The registry does not answer us, while it may well answer the nodes that pull from it.",
        "Let the registry answer HEAD of a manifest where tierline runs; or look there yourself.",
    ),
)

"""The commit that contracts are compared with, and the contract files that it has.

Knows neither git nor how a reference is chosen: whoever gathers says so in these values.
"""

from __future__ import annotations

from tierline.frozen import frozen
from tierline.mesh.tree import Tree


@frozen
class Reference:
    """A commit. `name` as people say it (`main`, `v1.4`), `commit` in full, as hex digits.

    `how` ends the sentence "compared with NAME, ...": `as --against says`, `what local runs`.
    `head` is the newest commit where the reference is only the one before it, else "".
    """

    name: str
    commit: str
    how: str
    head: str = ""


@frozen
class ContractsThen:
    """What `contracts/` held at a reference: every file of it, paths relative to the mesh root.

    `files` shows paths as the mesh of today does. A file whose content could not be had says why in
    its `trouble`; a reference without any contract has no entries.
    """

    reference: Reference
    files: Tree


@frozen
class NoReference:
    """There is nothing to compare contracts with: `reason` says why, `fix` what would help."""

    reason: str
    fix: str = "name a commit that has them: --against main"


Then = ContractsThen | NoReference
"""the answer to "what did the contracts say before?" once somebody has asked"""


def told(reference: Reference | NoReference) -> str:
    """A sentence for people: what contracts are compared with, or why with nothing."""
    if isinstance(reference, NoReference):
        return f"contracts are compared with nothing: {reference.reason}"
    return f"contracts are compared with {reference.name}, {reference.how}"

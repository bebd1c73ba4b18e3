"""Which container image stands for a name that deployment files use; knows no registry and no file."""

from __future__ import annotations

import re

from tierline.frozen import frozen

DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_REFERENCE = re.compile(
    r"[a-z0-9]+([._-][a-z0-9]+)*(:[0-9]{1,5})?(/[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*)*"
    r"(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?@sha256:[0-9a-f]{64}",
    re.IGNORECASE,
)


@frozen
class Image:
    """`name` is how deployment files call it, without tag; `reference` what is pulled, by digest.

    `source` is the source revision that it was built from (`Revision.source_id`), "" where nobody says.
    """

    name: str
    reference: str
    source: str = ""

    @property
    def digest(self) -> str:
        """`sha256:...` of its manifest."""
        return self.reference.rpartition("@")[2]


def is_pinned(reference: str) -> bool:
    """Whether a reference names one image and no other: by its digest."""
    return len(reference) <= 500 and _REFERENCE.fullmatch(reference) is not None


def bare_name(reference: str) -> str:
    """A reference without tag and digest: by this name the map of images is asked."""
    name = reference.partition("@")[0]
    above, slash, last = name.rpartition("/")
    return f"{above}{slash}{last.partition(':')[0]}"

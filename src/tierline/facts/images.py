"""Which container image stands for a name that deployment files use; knows no registry and no file."""

from __future__ import annotations

import re

from tierline.frozen import frozen
from tierline.regex import regex

DIGEST = regex(r"sha256:[0-9a-f]{64}")
INDEXES = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
)
"""media types of lists of manifests, one for each kind of machine"""
MANIFESTS = (
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)
"""media types of manifests"""
_HERE = regex(r"(127(\.[0-9]{1,3}){3}|localhost|\[::1\])(:[0-9]{1,5})?")
_REFERENCE = regex(
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


def is_here(registry: str) -> bool:
    """Whether `host:port` is on this machine; such a registry is asked over plain HTTP, as nodes do."""
    return _HERE.fullmatch(registry) is not None


def is_pinned(reference: str) -> bool:
    """Whether a reference names one image and no other: by its digest."""
    return len(reference) <= 500 and _REFERENCE.fullmatch(reference) is not None


def bare_name(reference: str) -> str:
    """A reference without tag and digest: by this name the map of images is asked."""
    name = reference.partition("@")[0]
    above, slash, last = name.rpartition("/")
    return f"{above}{slash}{last.partition(':')[0]}"

"""The configuration part of a revision on Kubernetes: what was rendered; knows no files."""

from __future__ import annotations

from collections.abc import Iterator

from tierline.facts.revision import UNKNOWN, Part, Revision
from tierline.targets.kubernetes.rendering import Rendered


def configured(revision: Revision, rendered: Rendered, *, sourced: bool) -> Revision:
    """The revision with what ships to the cluster in place of what local processes would read.

    What nobody can say is UNKNOWN, so that the plan holds: an image without a digest, and where
    images have to be `sourced`, one without the source that it was built from.
    """
    return Revision(revision.source, tuple(sorted(_parts(rendered, sourced=sourced))))


def _parts(rendered: Rendered, *, sourced: bool) -> Iterator[Part]:
    yield Part("manifests", rendered.digest)
    for trouble in rendered.troubles:
        if trouble.unknown:
            yield Part(trouble.message, UNKNOWN)
    for name, source in rendered.sources.items():
        if sourced or source:
            yield Part(f"source of image {name}", source or UNKNOWN)

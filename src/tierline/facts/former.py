"""What is known of the revisions that a release would replace: whether they can still be had."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from tierline.frozen import frozen


@frozen
class FormerRevisions:
    """Of the services that a release would change.

    `gone` maps a service to its former revision, where that cannot be had any more; `unsure` to why
    nobody can say; `known` are those that have a former revision.
    """

    known: frozenset[str] = frozenset()
    gone: Mapping[str, str] = field(default_factory=dict[str, str])
    unsure: Mapping[str, str] = field(default_factory=dict[str, str])

"""Keeps what was rendered of each service and revision, so that it can be applied and restored.

Without today's checkout it holds all that starting it again needs. Objects hold
no secrets: manifests with any were refused.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

from tierline.frozen import frozen
from tierline.targets.asking.promised import Promised
from tierline.targets.keeping import Keeping
from tierline.targets.kubernetes.objects import Object
from tierline.targets.revision_files import RevisionFiles


@frozen
class Bundle:
    """The objects of a revision, the owners that it reads from, what may be asked of it by GET.

    `promised` is None where an older version kept it.
    """

    service_id: str
    revision: str
    objects: tuple[Object, ...]
    owners: tuple[str, ...] = ()
    safe_paths: tuple[str, ...] = ()
    promised: Promised | None = None


class Bundles:
    """The bundles of one environment."""

    def __init__(self, folder: Path, keeping: Keeping | None = None) -> None:
        self.keeping = keeping or Keeping()
        self._files = RevisionFiles(folder, self.keeping)
        self._held: dict[str, Bundle] = {}

    def held(self, service_id: str, revision: str) -> Bundle | None:
        """The bundle, if it is the one of its service that was kept or found here last; reads nothing."""
        known = self._held.get(service_id)
        return known if known is not None and known.revision == revision else None

    def find(self, service_id: str, revision: str) -> Bundle | None:
        """A kept bundle; None where there is none (any more), or it cannot be read."""
        text = self._files.read(service_id, revision)
        if text is None:
            return None
        try:
            found: Any = json.loads(text)
            bundle = Bundle(
                str(found["service_id"]),
                str(found["revision"]),
                tuple(cast("list[Object]", found["objects"])),
                tuple(found["owners"]),
                tuple(found["safe_paths"]),
                Promised.of_json(found.get("promised")),
            )
        except (ValueError, KeyError, TypeError, AttributeError):
            return None
        self._held[service_id] = bundle
        return bundle

    def keep(self, bundle: Bundle) -> None:
        """Write it whole, or not at all. PermanentError where its id cannot name a file."""
        document = {
            "service_id": bundle.service_id,
            "revision": bundle.revision,
            "objects": bundle.objects,
            "owners": bundle.owners,
            "safe_paths": bundle.safe_paths,
            "promised": bundle.promised.to_json() if bundle.promised else None,
        }
        self._files.keep(bundle.service_id, bundle.revision, json.dumps(document))
        self._held[bundle.service_id] = bundle

    def started(self, bundle: Bundle) -> None:
        """Note that this revision was started last: it counts as the newest."""
        self._files.started(bundle.service_id, bundle.revision)

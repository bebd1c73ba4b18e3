"""What of Compose files is looked at together: which files there are, and what they share."""

from __future__ import annotations

from tierline.frozen import frozen
from tierline.mesh.compose_file import Named, Published, Reach
from tierline.mesh.defect import Place

FOLDER = "environments/compose/"
BASE = f"{FOLDER}docker-compose.base.yaml"
SERVICES = f"{FOLDER}docker-compose.services.yaml"


Declared = tuple[str, str, int]
"""an object of a cluster: kind with namespace and name, its file as shown, its line"""


@frozen
class AskedPath:
    """A path that a probe asks and that the service's own files do not show to be served.

    `who` is the probe, as messages say it. `at_interface`: it asks the port of which an OpenAPI
    document speaks; `has_code`: sources of the service were read, and none names the path.
    """

    who: str
    path: str
    place: Place
    at_interface: bool
    has_code: bool


@frozen
class Composition:
    """What of a service's Compose file concerns others: names, ports of the host, shared things.

    `uses` maps networks, volumes, ... to the names that are used, `declares` to those declared.
    `waits_for` are services outside the file; `far` maps paths outside its folder to who names them.
    `objects` is what its Kubernetes manifests declare, `asked` what their probes ask.
    """

    parts: tuple[Named, ...] = ()
    published: tuple[Published, ...] = ()
    waits_for: tuple[Named, ...] = ()
    uses: tuple[tuple[str, Named], ...] = ()
    declares: frozenset[tuple[str, str]] = frozenset()
    far: tuple[tuple[str, Reach], ...] = ()
    objects: tuple[Declared, ...] = ()
    asked: tuple[AskedPath, ...] = ()


def is_environment_file(path: str) -> bool:
    """Whether a path of the mesh is one of its environment's Compose files."""
    name = path.removeprefix(FOLDER)
    return name != path and "/" not in name and name.endswith((".yaml", ".yml"))

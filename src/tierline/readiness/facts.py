"""What gates judge besides the mesh itself, as values; knows nothing of how it was gathered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from typing import TYPE_CHECKING

from tierline.frozen import frozen
from tierline.mesh import compose
from tierline.mesh.defect import Defect
from tierline.mesh.folders import inside_folders
from tierline.mesh.k8s import is_manifest
from tierline.mesh.model import Mesh, Service
from tierline.mesh.profile import Profile
from tierline.mesh.release_file import RELEASE_FILE
from tierline.mesh.tree import Entry, Tree
from tierline.policy.model import Policy
from tierline.readiness.cluster import Cluster, cluster_of, is_shared
from tierline.readiness.codes_reading import READING_SLUGS
from tierline.readiness.compose.composition import Composition, is_environment_file
from tierline.readiness.compose.environment import Parsed
from tierline.regex import regex

if TYPE_CHECKING:
    from tierline.boundary.release import Crossing
    from tierline.contracts.opinion import Opinion
    from tierline.contracts.proto import ProtoFacts
    from tierline.facts.externals import External
    from tierline.facts.former import FormerRevisions
    from tierline.facts.reference import Then
    from tierline.facts.scripts import OwnScripts
    from tierline.facts.testing import KnownResults

Judged = Mapping[str, tuple[Defect, ...]]
"""gate -> what its judge of services found in one service; gates that found nothing are left out"""


@frozen
class GateFacts:
    """The mesh's files, what is known of externals, and what was wrong with the policy.

    `tree` has the content of every path that `wanted_by_gates` names. `externals` maps an external
    to what its probe or attestation says now; an absent one is unknown. `policy_defects` are
    those that resolving the policy gave. `then` is what the contracts said at the reference; None:
    nobody has asked. `judged` is what judging each service by itself found, where that was done
    while its files were read; None: it is to be done, and `tree` has those files. `composed` is what
    of each service's Compose file concerns others, gathered likewise; `compose_files` what those of
    the environment say, None: they are to be parsed.
    `proto` is what buf said of the proto contracts; None: nobody has asked. `oasdiff` maps the path
    of an OpenAPI document to what that program says of its changes. `tests` is what is known of test
    runs; None: nobody looked. `crossing` is what a planned release meets at its boundaries, `former` what
    it would replace; None: no release is planned.
    """

    tree: Tree
    externals: Mapping[str, External] = field(default_factory=dict[str, "External"])
    policy_defects: tuple[Defect, ...] = ()
    then: Then | None = None
    proto: ProtoFacts | None = None
    oasdiff: Mapping[str, Opinion] = field(default_factory=dict[str, "Opinion"])
    judged: Mapping[str, Judged] | None = None
    composed: Mapping[str, Composition] | None = None
    compose_files: Mapping[str, Parsed] | None = None
    tests: KnownResults | None = None
    scripts: OwnScripts | None = None
    crossing: Crossing | None = None
    former: FormerRevisions | None = None


@frozen
class Surroundings:
    """What of the rest of its mesh a service is judged by: small, and the same for every service.

    `label` is how the mesh's root is shown; `variables` are the mesh's; `cluster` is what its
    manifests are judged by, in the environment that is asked for.
    """

    label: str
    profile: Profile
    variables: Mapping[str, str]
    cluster: Cluster = Cluster()

    def shown(self, path: str) -> str:
        """A path of the mesh as findings print it."""
        return f"{self.label}/{path}" if self.label else path


@frozen
class ServiceFacts:
    """One service with its own files, for judges that need nothing else of the mesh.

    `files` are all paths below its folder, relative to it; `addresses` what tierline.toml says of
    the keys of its configuration; `in_go_work` whether go.work uses its folder, None where there is
    no go.work; `unread` has the paths, as shown, of which a parser has said already that they could
    not be read. A service without a folder has no files.
    """

    service: Service
    files: Mapping[str, Entry]
    addresses: Mapping[str, str]
    around: Surroundings
    in_go_work: bool | None = None
    unread: frozenset[str] = frozenset()

    def shown(self, path: str) -> str:
        """A path of the service as findings print it."""
        return "/".join(part for part in (self.around.label, self.service.path, path) if part)


def surroundings(mesh: Mesh, tree: Tree, policy: Policy) -> Surroundings:
    """Those of every service of a mesh; `tree` has what lies outside their folders."""
    return Surroundings(mesh.label, mesh.profile, mesh.variables, cluster_of(tree, policy))


def facts_of_services(mesh: Mesh, tree: Tree, policy: Policy) -> Iterator[ServiceFacts]:
    """Each service of the mesh with its files, in the index's order."""
    inside = inside_folders(tree)
    around, unread = surroundings(mesh, tree, policy), told_unread(mesh.defects)
    used = None if mesh.workspace is None else {module.path for module in mesh.workspace}
    for service in mesh.services.values():
        yield ServiceFacts(
            service,
            files_of(inside[service.path]) if service.path in inside else {},
            mesh.settings.addresses.get(service.service_id, {}),
            around,
            None if used is None else service.path in used,
            unread,
        )


def files_of(inside: Mapping[str, Entry]) -> dict[str, Entry]:
    """What is in a service's folder, by paths of the mesh, as `ServiceFacts.files` has it."""
    return {path.split("/", 3)[3]: entry for path, entry in inside.items()}


def told_unread(defects: Iterable[Defect]) -> frozenset[str]:
    """Paths, as shown, of which a parser has said already that they could not be read."""
    return frozenset(
        defect.place.path for defect in defects if defect.code.partition("/")[2] in READING_SLUGS
    )


def wanted_by_gates(path: str) -> bool:
    """Whether gates need the content of this path (relative to the mesh root).

    Any Go package of a service may be its bootstrap package, as its profile likes; but tests,
    generated and vendored code are not. Of programs only the folder that they start from is read.
    """
    if not path.startswith("services/"):
        return is_environment_file(path) or is_shared(path)
    if _PROGRAM.fullmatch(path):
        return True
    if not path.endswith(".go"):
        parts = path.split("/", 3)
        return len(parts) == 4 and (parts[3] in _NAMED or is_manifest(parts[3]))
    inner = path.split("/")[3:-1]
    return not path.endswith(("_test.go", ".pb.go")) and not _NO_BOOTSTRAP & set(inner)


_NAMED = frozenset({compose.PATH, RELEASE_FILE})
"""files below a service's folder that are known by their path"""
_PROGRAM = regex(r"services/[^/]+/[^/]+/cmd/[^/]+/[^/]+\.(?:go|py)")
_NO_BOOTSTRAP = frozenset({"cmd", "vendor", "testdata", "gen"})

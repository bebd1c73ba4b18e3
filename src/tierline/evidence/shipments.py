"""What the working tree would ship: the contracts that each service provides, takes and uses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tierline.boundary.shipment import UNUSED, Shipment
from tierline.evidence.content import MISSING, Content
from tierline.evidence.stub_uses import StubUses
from tierline.facts.revision import UNKNOWN, Revision, digest_of
from tierline.mesh.api_contracts import is_api_contract
from tierline.mesh.contract_owners import ContractOwners
from tierline.mesh.event_contract import event_of
from tierline.mesh.model import Mesh, Service

CONTRACTS = "contracts/"
USES = "contracts/uses/"
"""in a service's folder: what it uses of contracts, by their path below `contracts/`"""
_SHARED = "contracts/schemas"
_STUBS = "contracts/gen/"
LARGEST = 4 << 20
"""bytes of a contract file: a longer one is not kept"""


class Shipping:
    """The contracts of one mesh by service; files are hashed once, however many go by them."""

    def __init__(self, mesh: Mesh, content: Content) -> None:
        self._mesh, self._content = mesh, content
        self._stubs = StubUses(mesh, content)
        owners = ContractOwners(mesh.services)
        self._provided: dict[str, list[str]] = {}
        self._events: set[str] = set()
        for path in content.files(CONTRACTS.rstrip("/")):
            if event_of(path) is not None:
                self._events.add(path)
            elif is_api_contract(path):
                for owner in owners.of(path):
                    self._provided.setdefault(owner, []).append(path)
        schemas = content.files(_SHARED)
        self._shared = digest_of(f"{path}={self._digest(path)}" for path in schemas)

    def of(self, service_id: str, revision: Revision) -> Shipment:
        """What one service would ship in this revision of it."""
        service = self._mesh.services[service_id]
        consumed = self._events_of(service.consumes)
        for owner in service.owners:
            consumed += self._provided.get(owner, [])
        provided = [*self._provided.get(service_id, ()), *self._events_of(service.produces)]
        return Shipment(
            service_id,
            revision.id,
            self._digests(provided),
            self._digests(consumed),
            self._uses(service, consumed),
            service.owners,
            self._shared,
            _code(revision),
        )

    def contents(self, shipments: Iterable[Shipment]) -> Mapping[str, bytes]:
        """Digest -> content of everything that shipments of this tree go by, where it can be read."""
        found: dict[str, bytes] = {}
        for one in shipments:
            folder = self._mesh.services[one.service_id].path
            files = {**one.provides, **one.consumes}
            files |= {_use_of(folder, path): digest for path, digest in one.uses.items()}
            for path, digest in files.items():
                if digest not in found and digest not in {UNKNOWN, UNUSED}:
                    content = self._content.read(path, LARGEST)
                    if content is not None:
                        found[digest] = content
        return found

    def _events_of(self, events: Iterable[str]) -> list[str]:
        paths = (f"{CONTRACTS}events/{event}.json" for event in events)
        return [path for path in paths if path in self._events]

    def _digests(self, paths: Iterable[str]) -> dict[str, str]:
        return {path: self._digest(path) for path in sorted(set(paths))}

    def _digest(self, path: str) -> str:
        """UNKNOWN is of one service and one file: two of them never count as the same."""
        return self._content.file(path)

    def _uses(self, service: Service, consumed: Iterable[str]) -> dict[str, str]:
        if not service.path:
            return {}
        present = frozenset(self._content.files(f"{service.path}/{USES.rstrip('/')}"))
        named = {path: _use_of(service.path, path) for path in sorted(set(consumed))}
        told = {path: self._digest(file) for path, file in named.items() if file in present}
        protos = [path for path in named if path.endswith(".proto") and path not in told]
        told |= dict.fromkeys(self._stubs.unused(service, protos), UNUSED)
        return {path: digest for path, digest in told.items() if digest != MISSING}


def _code(revision: Revision) -> str:
    """Of all that a service is built from but the contracts that it reads; "" where some is unknown."""
    parts = [part for part in revision.source if not _is_contract(part.name)]
    if any(part.digest == UNKNOWN for part in parts):
        return ""
    return digest_of(f"{part.name}={part.digest}" for part in sorted(parts))


def _is_contract(part: str) -> bool:
    return part.startswith(CONTRACTS) and not part.startswith(_STUBS)


def _use_of(folder: str, path: str) -> str:
    """Where a service in this folder says what it uses of a contract."""
    return f"{folder}/{USES}{path.removeprefix(CONTRACTS)}"

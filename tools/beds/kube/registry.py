"""An image registry on loopback, and pushing to it as the OCI distribution specification says."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from beds import processes
from beds.kube.control_plane import Seat
from beds.kube.images import MANIFEST, Image
from beds.places import free_ports


def start(bed: Path, program: Path, seat: Seat) -> str:
    """Start the registry; its address, which in the bed's own network is the same."""
    port = free_ports(1)[0]
    also = [str(seat.holder)] if seat.holder else []
    processes.start(bed, "registry", [program, str(port), *also])
    address = f"127.0.0.1:{port}"
    processes.wait_until(bed, lambda: _answers(address), "the image registry", 10)
    return address


@dataclass(frozen=True, slots=True)
class Registry:
    """A registry by its address."""

    address: str

    def push(self, name: str, image: Image, tag: str = "") -> str:
        """Push an image; its reference by digest: `127.0.0.1:5000/name@sha256:...`."""
        for digest, content in image.blobs.items():
            self._push_blob(name, digest, content)
        for known_as in filter(None, (image.digest, tag)):
            self._put(f"/v2/{name}/manifests/{known_as}", image.manifest, MANIFEST)
        return f"{self.address}/{name}@{image.digest}"

    def _push_blob(self, name: str, digest: str, content: bytes) -> None:
        try:
            with urlopen(Request(self._url(f"/v2/{name}/blobs/{digest}"), method="HEAD")):
                return
        except HTTPError as error:
            error.close()
        begun = Request(self._url(f"/v2/{name}/blobs/uploads/"), data=b"", method="POST")
        with urlopen(begun) as answer:
            place = answer.headers["Location"]
        joined = "&" if "?" in place else "?"
        self._put(f"{place}{joined}digest={digest}", content, "application/octet-stream")

    def _put(self, path: str, body: bytes, media_type: str) -> None:
        request = Request(self._url(path), data=body, method="PUT")
        request.add_header("Content-Type", media_type)
        with urlopen(request):
            pass

    def _url(self, path: str) -> str:
        return path if path.startswith("http") else f"http://{self.address}{path}"


def _answers(address: str) -> bool:
    try:
        with urlopen(f"http://{address}/v2/", timeout=1) as answer:
            return answer.status == 200
    except (URLError, ConnectionError, TimeoutError):
        return False

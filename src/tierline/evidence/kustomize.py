"""Builds a kustomization with kubectl, in a scratch folder that holds nothing else; knows no meaning.

Nothing is fetched and nothing is run: kubectl gets no other program on its PATH and no way to a
network, so that a mesh cannot make it do either. Plugins and functions are off unless kubectl is
told otherwise.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tierline.errors import PermanentError
from tierline.evidence.program import found, run_program, safe_path
from tierline.mesh.clean import clean

SECONDS = 60.0
_NOWHERE = "http://127.0.0.1:1"
_CODE = "manifest/overlay"


def kubectl_of(environ: Mapping[str, str], mesh: Path) -> Path | None:
    """The kubectl on PATH that is none of the mesh's; None where there is none."""
    return found("kubectl", safe_path(environ, mesh))


def build(kubectl: Path, folder: str, files: Mapping[str, bytes]) -> tuple[bytes, ...]:
    """What the kustomization in `folder` gives, an object each, by their names.

    `files` are all there is, by path with `/` relative to a common root. PermanentError with
    kubectl's own words where it cannot be built.
    """
    with tempfile.TemporaryDirectory(prefix="tierline-") as scratch:
        root, out = Path(scratch) / "mesh", Path(scratch) / "out"
        for path, content in files.items():
            place = root / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
        out.mkdir()
        argv = [str(kubectl), "kustomize", str(root / folder), "-o", str(out)]
        ran = run_program(argv, root, _environment(scratch), SECONDS)
        if ran.code != 0:
            raise PermanentError(
                _words(ran.err, str(root)), code=_CODE, fix=f"try it: kubectl kustomize {folder}"
            )
        return tuple(file.read_bytes() for file in sorted(out.iterdir()) if file.is_file())


def _environment(scratch: str) -> Mapping[str, str]:
    proxies = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), _NOWHERE)
    return {"PATH": os.path.join(scratch, "none"), "HOME": scratch, "TMPDIR": scratch, **proxies}  # noqa: PTH118 - text


def _words(said: bytes, root: str) -> str:
    """The first line of what it said, without our scratch folder."""
    lines = [line for line in said.decode(errors="replace").splitlines() if line.strip()]
    told = lines[-1] if lines else "kubectl said nothing"
    return clean(told.replace(f"{root}/", "").removeprefix("error: "), 600)

"""How one reaches a cluster: kubeconfig files, and a client small enough to ask if it is ready."""

from __future__ import annotations

import base64
import json
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import yaml

from beds.kube.certificates import Pair


@dataclass(frozen=True, slots=True)
class Api:
    """An API server: its URL, the authority that signed its certificate, and who we are to it."""

    server: str
    authority: Path
    user: Pair

    def status(self, path: str) -> int:
        """The HTTP status that a GET of a path has; 0 where nobody answers."""
        try:
            with self._open(path) as answer:
                return answer.status
        except HTTPError as error:
            error.close()
            return error.code
        except (URLError, ConnectionError, TimeoutError):
            return 0

    def get(self, path: str) -> Any:
        """The JSON that a path answers with."""
        with self._open(path) as answer:
            return json.load(answer)

    def post(self, path: str, body: object) -> Any:
        """Create something; its JSON as the server knows it now."""
        with self._open(path, body) as answer:
            return json.load(answer)

    def _open(self, path: str, body: object = None) -> Any:
        context = ssl.create_default_context(cafile=str(self.authority))
        context.load_cert_chain(self.user.certificate, self.user.key)
        request = Request(self.server + path)
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        return urlopen(request, timeout=5, context=context)


def write_kubeconfig(file: Path, name: str, api: Api) -> Path:
    """Write a kubeconfig with everything in it; its only context has the name."""
    user = {
        "client-certificate-data": _base64(api.user.certificate),
        "client-key-data": _base64(api.user.key),
    }
    cluster = {"server": api.server, "certificate-authority-data": _base64(api.authority)}
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": name, "cluster": cluster}],
        "users": [{"name": name, "user": user}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
        "current-context": name,
    }
    file.touch(mode=0o600)
    file.write_text(yaml.safe_dump(document, sort_keys=False))
    return file


def _base64(file: Path) -> str:
    return base64.b64encode(file.read_bytes()).decode()

"""Asks a registry which image a tag stands for, and from which source it says to be built.

Only reads, by the OCI distribution specification: a manifest, and the configuration that it names.
What is not what its digest says is refused.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any, cast

import httpx2

from tierline.errors import PermanentError, TemporaryError
from tierline.facts.images import DIGEST, INDEXES, MANIFESTS
from tierline.frozen import frozen
from tierline.mesh.clean import clean
from tierline.registry_login.asking import CODE, Asking
from tierline.registry_login.docker_config import Logins

LABEL = "org.opencontainers.image.revision"
_SOURCE = re.compile(r"[0-9a-f]{32}")
_MOST_BYTES = 4 << 20
_SECONDS = 10.0


@frozen
class Found:
    """What a reference stands for now; `source` is "" where the image does not say it."""

    digest: str
    source: str


@frozen
class _Client:
    """A registry as it is asked for one image."""

    asking: Asking
    name: str
    reference: str


def host_of(reference: str) -> str:
    """The registry that a reference names; "" where it names none."""
    first, slash, _ = reference.partition("/")
    named = slash and ("." in first or ":" in first or first == "localhost")
    return first if named else ""


def look_up(reference: str, logins: Logins) -> Found:
    """The digest and source of `host/name:tag` or `host/name@digest`.

    PermanentError where the registry refuses or knows no such image, TemporaryError where it is silent.
    """
    host = host_of(reference)
    name, wanted = _split(reference.removeprefix(f"{host}/"))
    with Asking(host, logins, _SECONDS) as asking:
        client = _Client(asking, name, reference)
        content = _get(client, f"manifests/{wanted}")
        digest = _digest(content)
        if DIGEST.fullmatch(wanted) and wanted != digest:
            raise _wrong(reference, "the registry answers with another image")
        return Found(digest, _source(client, _object(content, reference)))


def _split(rest: str) -> tuple[str, str]:
    name, at, digest = rest.partition("@")
    if at:
        return name.rpartition(":")[0] or name, digest
    name, _, tag = rest.rpartition(":")
    return name, tag


def _source(client: _Client, manifest: Mapping[str, Any]) -> str:
    if manifest.get("mediaType") in INDEXES or "manifests" in manifest:
        entries: Any = manifest.get("manifests")
        inner = cast("list[object]", entries) if isinstance(entries, list) else []
        picked = next(filter(DIGEST.fullmatch, map(_digest_in, inner)), "")
        if not picked:
            return ""
        manifest = _checked(client, f"manifests/{picked}", picked)
    digest = _digest_in(manifest.get("config"))
    if not DIGEST.fullmatch(digest):
        return ""
    told = _checked(client, f"blobs/{digest}", digest)
    config: Any = told.get("config")
    labels: Any = config.get("Labels") if isinstance(config, dict) else None  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType] - of whatever a registry says
    source = str(cast("dict[str, Any]", labels).get(LABEL, "")) if isinstance(labels, dict) else ""
    return source if _SOURCE.fullmatch(source) else ""


def _digest_in(descriptor: object) -> str:
    return (
        str(cast("dict[str, Any]", descriptor).get("digest", ""))
        if isinstance(descriptor, dict)
        else ""
    )


def _checked(client: _Client, below: str, digest: str) -> Mapping[str, Any]:
    content = _get(client, below)
    if _digest(content) != digest:
        raise _wrong(
            client.reference, "the registry answers with other content than its digest says"
        )
    return _object(content, client.reference)


def _get(client: _Client, below: str) -> bytes:
    reference = client.reference
    accept = ", ".join((*INDEXES, *MANIFESTS, "*/*"))
    try:
        with client.asking.stream("GET", client.name, below, accept) as answer:
            if answer.status_code == 200:
                return _content(answer, reference)
            status = answer.status_code
    except PermanentError as error:
        raise _refused(reference, error) from error
    except (httpx2.HTTPError, httpx2.StreamError, OSError) as error:
        told = clean(str(error) or type(error).__name__, 200)
        raise TemporaryError(
            f"{_shown(reference)}: {told}",
            code=CODE,
            fix="let the registry be reached from here, and try again",
        ) from error
    if status == 404:
        raise _wrong(reference, "the registry has no such image")
    raise _wrong(reference, f"the registry answers {status}")


def _content(answer: httpx2.Response, reference: str) -> bytes:
    found = b""
    for piece in answer.iter_bytes():
        found += piece
        if len(found) > _MOST_BYTES:
            raise _wrong(reference, "the registry's answer is too long")
    return found


def _object(content: bytes, reference: str) -> Mapping[str, Any]:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise _wrong(reference, "the registry's answer is no JSON") from error
    if not isinstance(found, dict):
        raise _wrong(reference, "the registry's answer is no object")
    return cast("dict[str, Any]", found)


def _digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def _shown(reference: str) -> str:
    return f"image {clean(reference, 200)}"


def _refused(reference: str, error: PermanentError) -> PermanentError:
    return PermanentError(f"{_shown(reference)}: {error.message}", code=error.code, fix=error.fix)


def _wrong(reference: str, fact: str) -> PermanentError:
    return PermanentError(
        f"{_shown(reference)}: {fact}",
        code=CODE,
        fix="push the image, or name one that is there: --images FILE",
    )

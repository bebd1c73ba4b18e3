"""Which paths an OpenAPI document says can be asked by GET; compares no documents."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from tierline.contracts.openapi.document import METHODS, followed, members, read_openapi
from tierline.contracts.schema.at import At, Document
from tierline.frozen import frozen
from tierline.mesh.jsonfile import read_json
from tierline.mesh.source import Source
from tierline.mesh.yaml import read_yaml

_MOST_SERVERS = 20


@frozen
class Route:
    """A path as the document has it, and below which paths its servers put it; `got`: GET can be asked."""

    path: str
    bases: tuple[str, ...]
    got: bool

    def fits(self, path: str) -> bool:
        """Whether a path is this one, with or without what its servers put before it."""
        return any(_same(f"{base}{self.path}", path) for base in ("", *self.bases))


def routes_in(content: bytes, shown: str) -> tuple[Route, ...] | None:
    """Every path of a document; None where it cannot be read."""
    source = Source(shown, "")
    read = read_json if shown.endswith(".json") else read_yaml
    node = read(content, source)
    if node is None or source.defects:
        return None
    document = read_openapi(Document(shown, node))
    return None if document.fields is None else tuple(_routes(document))


def _routes(document: At) -> Iterator[Route]:
    above = _bases(document) or (str(document.value("basePath") or "").rstrip("/"),)
    for path, item in members(document.child("paths")).items():
        entry = followed(item)
        if not path.startswith("/"):
            continue
        if entry is None:
            yield Route(path, above, got=True)
            continue
        methods = [one for one in (entry.child(name) for name in METHODS) if one is not None]
        inner = [base for at in (entry, *methods) for base in _bases(at)]
        yield Route(path, (*above, *inner), got=entry.has("get"))


def _bases(at: At) -> tuple[str, ...]:
    """What the URLs of its servers have before a path, variables with their defaults."""
    listed = at.child("servers")
    found = (_base(one) for one in (listed.items() if listed else ())[:_MOST_SERVERS])
    return tuple(dict.fromkeys(found))


def _base(server: At) -> str:
    url = str(server.value("url") or "")
    for name, variable in members(server.child("variables")).items():
        url = url.replace(f"{{{name}}}", str(variable.value("default") or ""))
    try:
        return urlsplit(url).path.rstrip("/")
    except ValueError:
        return ""


def _same(route: str, path: str) -> bool:
    """Segment by segment; a segment with a placeholder fits any. A slash at the end means nothing."""
    wanted, asked = route.rstrip("/").split("/"), path.rstrip("/").split("/")
    return len(wanted) == len(asked) and all(
        ("{" in one and other) or one == other for one, other in zip(wanted, asked, strict=True)
    )

"""Derives the Kubernetes schemas that tierline ships from those of the package kubernetes-validate.

    python tools/kubernetes_schemas.py FOLDER          write them anew
    python tools/kubernetes_schemas.py FOLDER --check  say whether those in the repository are these

FOLDER is an unpacked wheel of kubernetes-validate (`pip download --no-deps kubernetes-validate`,
then unzip): 108 MB of JSON Schemas, made from the OpenAPI documents of Kubernetes. Kept is what
decides whether an API server would take an object: the fields of each type, their types and which
are required, each once for all minor versions that agree on it.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

SHIPPED = (
    Path(__file__).parent.parent / "src/tierline/readiness/manifests/schemas/kubernetes.json.gz"
)
SCHEMAS = "kubernetes_validate/kubernetes-json-schema"

_FOLDER = re.compile(r"v1\.(\d+)\.0-local")
_PREFIX = "io.k8s."
_SPECIAL = {
    "apimachinery.pkg.api.resource.Quantity": "quantity",
    "apimachinery.pkg.util.intstr.IntOrString": "int-or-string",
    "apimachinery.pkg.apis.meta.v1.Time": "string",
    "apimachinery.pkg.apis.meta.v1.MicroTime": "string",
}
_SERVERS_OWN = frozenset({"status"})
"""fields that some schemas require and that no manifest has: the API server fills them in"""
_NO_OBJECTS = ("List", "WatchEvent", "DeleteOptions", "Status")


def derive(folder: Path) -> dict[str, Any]:
    """The document that is shipped, of every minor version in `folder`."""
    types: dict[str, list[list[Any]]] = {}
    kinds: dict[str, list[list[Any]]] = {}
    minors: list[int] = []
    for minor, definitions in _versions(folder):
        found_kinds = dict(sorted(_kinds(definitions)))
        found_types = {
            name: _type(definition)
            for name, definition in sorted(_reached(definitions, found_kinds.values()).items())
        }
        for table, found in ((types, found_types), (kinds, found_kinds)):
            for name in {**table, **found}:
                rows = table.setdefault(name, [])
                if not rows and minors:
                    rows.append([minors[0], None])
                if not rows or rows[-1][1] != found.get(name):
                    rows.append([minor, found.get(name)])
        minors.append(minor)
    return {
        "about": "Types of the Kubernetes API, by the minor version from which on they hold",
        "source": "OpenAPI documents of Kubernetes, through kubernetes-validate",
        "license": "Apache-2.0, The Kubernetes Authors",
        "minors": minors,
        "kinds": kinds,
        "types": types,
    }


def written(document: Mapping[str, Any]) -> bytes:
    """The bytes of the shipped file: the same for the same document."""
    text = json.dumps(document, separators=(",", ":"), sort_keys=True)
    return gzip.compress(text.encode(), 9, mtime=0)


def _versions(folder: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    found: dict[int, Path] = {}
    for entry in (folder / SCHEMAS).iterdir():
        match = _FOLDER.fullmatch(entry.name)
        if match is not None:
            found[int(match[1])] = entry / "_definitions.json"
    for minor, path in sorted(found.items()):
        definitions = json.loads(path.read_text(encoding="utf-8"))["$defs"]
        yield minor, {name.removeprefix(_PREFIX): one for name, one in definitions.items()}


def _kinds(definitions: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """apiVersion and kind -> the name of its type, of everything that is an object."""
    for name, definition in definitions.items():
        if "metadata" not in definition.get("properties", {}):
            continue
        for group in definition.get("x-kubernetes-group-version-kind", ()):
            if not group["kind"].endswith(_NO_OBJECTS):
                version = "/".join(filter(None, (group["group"], group["version"])))
                yield f"{version} {group['kind']}", name


def _reached(definitions: Mapping[str, Any], names: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name in found or name in _SPECIAL:
            continue
        found[name] = definitions[name]
        waiting += re.findall(r'"#/\$defs/io\.k8s\.([^"]+)"', json.dumps(definitions[name]))
    return found


def _type(definition: Mapping[str, Any]) -> Any:
    fields = definition.get("properties")
    if fields is None:
        return "object" if "type" in definition else "any"
    required = set(definition.get("required", ())) - _SERVERS_OWN
    return {
        "fields": {name: _spec(one) for name, one in sorted(fields.items())},
        "required": sorted(required),
    }


def _spec(schema: Mapping[str, Any]) -> Any:
    """A type in short: a word, `#type`, or a list that begins with list, set or map."""
    if "$ref" in schema:
        name = schema["$ref"].removeprefix(f"#/$defs/{_PREFIX}")
        return _SPECIAL.get(name, f"#{name}")
    given: str | list[str] = schema.get("type", "any")
    kind = given if isinstance(given, str) else next(one for one in given if one != "null")
    if kind == "array":
        return _list(schema)
    if kind == "object" and "additionalProperties" in schema:
        return ["map", _spec(schema["additionalProperties"])]
    return schema["format"] if kind == "integer" and "format" in schema else kind


def _list(schema: Mapping[str, Any]) -> list[Any]:
    items = _spec(schema["items"])
    how = schema.get("x-kubernetes-list-type")
    if how == "map":
        return ["list", items, schema["x-kubernetes-list-map-keys"]]
    return ["set" if how == "set" else "list", items]


def main() -> int:
    """Write the file, or compare it; 1 where it differs."""
    folder = Path(sys.argv[1])
    made = written(derive(folder))
    if "--check" in sys.argv:
        same = gzip.decompress(SHIPPED.read_bytes()) == gzip.decompress(made)
        print("the same" if same else "another: run it without --check")
        return 0 if same else 1
    SHIPPED.parent.mkdir(exist_ok=True)
    SHIPPED.write_bytes(made)
    print(f"{len(made)} bytes: {SHIPPED}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

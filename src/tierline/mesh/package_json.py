"""Reads the scripts of a `package.json`; knows nothing of what they do."""

from __future__ import annotations

from tierline.mesh.jsonfile import read_json
from tierline.mesh.node import MapNode, Scalar
from tierline.mesh.source import Source


def parse_scripts(content: bytes, source: Source) -> dict[str, str]:
    """Script name -> command line; none where the file has none or cannot be read."""
    root = read_json(content, source)
    document = None if root is None else source.fields(root, "package.json")
    scripts = None if document is None else document.value("scripts")
    if not isinstance(scripts, MapNode):
        return {}
    return {
        name: field.value.text
        for name, field in scripts.fields.items()
        if isinstance(field.value, Scalar) and not field.value.plain
    }

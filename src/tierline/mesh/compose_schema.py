"""Compares a Compose file with the schema of the Compose specification, which is shipped as data."""

from __future__ import annotations

import json
import pkgutil
from functools import lru_cache
from typing import TYPE_CHECKING

from tierline.mesh.clean import clean
from tierline.mesh.json_schema import misfits, validator_of
from tierline.mesh.node import MapNode, below, plain_value
from tierline.mesh.source import Source

if TYPE_CHECKING:
    from jsonschema_rs import Validator


def not_compose(document: MapNode, source: Source) -> None:
    """Note everything by which a document is no Compose file; values are not shown."""
    try:
        found = misfits(plain_value(document), _validator())
    except ValueError:
        source.defect("not-compose", "a number that is none", document, "write plain numbers")
        return
    for one in found:
        where = clean(".".join(map(str, one.path)), 120) or "the file"
        place = below(document, one.path)
        fix = "correct it: see https://docs.docker.com/reference/compose-file"
        source.defect("not-compose", f"{where}: {one.words}", place, fix)


@lru_cache(maxsize=1)
def _validator() -> Validator:
    content = pkgutil.get_data("tierline.mesh", "data/compose-spec.json") or b""
    return validator_of(json.loads(content))

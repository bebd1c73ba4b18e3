"""Which paths of a service may be asked at any time, read off its OpenAPI file; asks nobody.

Safe is a GET that needs neither parameters nor a body. Only leaves of the document are looked at,
so that no alias is expanded; what an alias would bring in is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from tierline.errors import PermanentError
from tierline.targets.asking.http import is_safe_path
from tierline.targets.template import LARGEST, scalars

_FOLDER = "contracts/openapi"
_MOST = 8


def safe_paths(text: str, shown_path: str) -> tuple[str, ...]:
    """At most 8 paths, sorted; none of a file that cannot be read."""
    try:
        leaves = scalars(text, shown_path)
    except PermanentError:
        return ()
    asked: set[str] = set()
    needy: set[str] = set()
    for leaf in leaves:
        match leaf.path:
            case ("paths", str(path), "get", "parameters" | "requestBody", *_):
                needy.add(path)
            case ("paths", str(path), "parameters", *_):
                needy.add(path)
            case ("paths", str(path), "get", *_):
                asked.add(path)
            case _:
                pass
    fit = (p for p in asked - needy if "{" not in p and is_safe_path(p))
    return tuple(sorted(fit)[:_MOST])


def find_openapi(root: Path, service_id: str, folder_name: str) -> Path | None:
    """The service's file below `contracts/openapi`: named like it, or in a folder named like it."""
    wanted = _names(service_id, folder_name)
    candidates = sorted((root / _FOLDER).rglob("*.y*ml"))[:2000]
    named = [f for f in candidates if _plain(f.stem) in wanted or _plain(f.parent.name) in wanted]
    inside = (f for f in named if f.resolve().is_relative_to(root.resolve()))
    return next((f for f in inside if f.is_file() and f.stat().st_size <= LARGEST), None)


def _names(service_id: str, folder_name: str) -> frozenset[str]:
    short, _, rest = folder_name.partition("-")
    names: Iterable[str] = (service_id, folder_name, short, rest, rest.removesuffix("-service"))
    return frozenset(plain for name in names if (plain := _plain(name)))


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")

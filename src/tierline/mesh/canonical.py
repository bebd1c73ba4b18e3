"""Reads the inputs that the index is generated from; generates nothing itself."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from tierline.frozen import frozen
from tierline.mesh.clean import clean
from tierline.mesh.defect import Defect, Place
from tierline.mesh.model import Canonical
from tierline.mesh.names import SHORT_ID, is_service_id, slug
from tierline.mesh.node import MapNode, Scalar
from tierline.mesh.source import Source
from tierline.mesh.text import TextLimits, decode
from tierline.mesh.tree import Kind, Tree
from tierline.mesh.yaml import LARGE, read_yaml

ARCHITECTURE = "service-architecture-map.yaml"
DEPENDENCIES = "dependencies.yaml"
DEPLOYMENT = "service-deployment-profile.md"
CATEGORIES = "service-category-map.yaml"
FILES: Final = (ARCHITECTURE, DEPENDENCIES, DEPLOYMENT, CATEGORIES)
FOLDER = "viralForge/specs"
"""beside the mesh, or inside it, unless tierline.toml says otherwise"""

_CLUSTERS = MappingProxyType(
    {
        "Platform Edge and Reliability": "platform-ops",
        "Integrations and External Boundaries": "integrations",
        "Trust, Compliance, and Risk": "trust-compliance",
        "Data, AI, and Decisioning": "data-ai",
        "Financial Transaction Rails": "financial-rails",
    }
)
_CATEGORIES = MappingProxyType(
    {
        "Core Platform & Foundation": "core-platform",
        "Internal Admin & Operations": "core-platform",
        "Operational & Infrastructure": "platform-ops",
        "Financials & Economy": "financial-rails",
        "AI & Automation": "data-ai",
        "Analytics & Reporting": "data-ai",
        "Compliance & Data Governance": "trust-compliance",
        "Moderation & Compliance": "trust-compliance",
    }
)
_OTHER_CATEGORY = "integrations"
_SIZE = 32 * 1024 * 1024
_SECTION = "## Suggested Microservice Clusters"
_ARCHITECTURES = ("microservice", "monolith")


@frozen
class _Categories:
    supersedes: Mapping[str, tuple[str, ...]] | None
    retired: tuple[str, ...] | None
    places: Mapping[str, Place]


@frozen
class _Dependencies:
    depends_on: Mapping[str, tuple[str, ...]]
    provides: Mapping[str, tuple[str, ...]]


def parse_canonical(tree: Tree) -> tuple[Canonical, tuple[Defect, ...]]:
    """Whatever of the four files lies directly in `tree`; one broken file leaves the others."""
    defects: list[Defect] = []

    def source_of(name: str, gate: str) -> tuple[Source, bytes] | None:
        entry = tree.entries.get(name)
        if entry is None or entry.kind is Kind.FOLDER:
            return None
        source = Source(tree.shown(name), gate)
        if entry.content is not None:
            return source, entry.content
        reason = entry.trouble or "it is not a regular file that we may read"
        source.defect("unreadable", f"cannot be read: {reason}", None, "make it a readable file")
        defects.extend(source.defects)
        return None

    architecture = dependencies = domains = None
    categories = _Categories(None, None, {})
    if (found := source_of(ARCHITECTURE, "index")) is not None:
        architecture = _architecture(*found)
        defects.extend(found[0].defects)
    if (found := source_of(DEPENDENCIES, "index")) is not None:
        dependencies = _dependencies(*found)
        defects.extend(found[0].defects)
    if (found := source_of(DEPLOYMENT, "index")) is not None:
        domains = _deployment(*found)
        defects.extend(found[0].defects)
    if (found := source_of(CATEGORIES, "alias-lineage")) is not None:
        categories = _categories(*found)
        defects.extend(found[0].defects)
    canonical = Canonical(
        architecture=architecture,
        depends_on=dependencies.depends_on if dependencies else None,
        provides=dependencies.provides if dependencies else None,
        domains=domains,
        supersedes=categories.supersedes,
        retired=categories.retired,
        places=categories.places,
    )
    return canonical, tuple(defects)


def _mapping(source: Source, content: bytes) -> MapNode | None:
    root = read_yaml(content, source, LARGE)
    return None if root is None else source.fields(root, "the file")


def _checked(name: Scalar, source: Source) -> bool:
    if is_service_id(name.text):
        return True
    source.defect("bad-id", f"{clean(name.text)} is not a service id", name, "write the full id")
    return False


def _architecture(source: Source, content: bytes) -> dict[str, str] | None:
    document = _mapping(source, content)
    node = None if document is None else source.field(document, "services")
    services = None if node is None else source.fields(node, "`services`")
    if services is None:
        return None
    found: dict[str, str] = {}
    for name, field in services.fields.items():
        entry = source.fields(field.value, clean(name)) if _checked(field.key, source) else None
        stated = None if entry is None else source.field(entry, "architecture", name)
        word = None if stated is None else source.text(stated, f"architecture of {name}")
        if word in _ARCHITECTURES:
            found[name] = word
        elif word is not None:
            message = f"architecture of {name}: {clean(word)}"
            source.defect("architecture", message, stated, f"one of {', '.join(_ARCHITECTURES)}")
    return found


def _dependencies(source: Source, content: bytes) -> _Dependencies | None:
    document = _mapping(source, content)
    if document is None:
        return None
    depends_on: dict[str, tuple[str, ...]] = {}
    provides: dict[str, tuple[str, ...]] = {}
    for name, field in document.fields.items():
        entry = source.fields(field.value, clean(name)) if _checked(field.key, source) else None
        if entry is not None:
            depends_on[name] = _entries(entry, "depends_on", name, source)
            provides[name] = _entries(entry, "provides", name, source)
    return _Dependencies(depends_on, provides)


def _entries(entry: MapNode, key: str, name: str, source: Source) -> tuple[str, ...]:
    node = entry.value(key)
    if node is None or (isinstance(node, Scalar) and node.empty):
        return ()
    return tuple(item.text for item in source.texts(node, f"`{key}` of {name}") or ())


def _deployment(source: Source, content: bytes) -> dict[str, str] | None:
    """Service -> domain: the suggested cluster (first wins), else by category (last wins)."""
    text = decode(content, source, TextLimits(_SIZE))
    if text is None:
        return None
    by_category: dict[str, str] = {}
    by_cluster: dict[str, str] = {}
    suggesting = False
    domain = ""
    for line in text.split("\n"):
        stripped = line.strip()
        if stripped.startswith("## "):
            suggesting, domain = stripped == _SECTION, ""
        elif stripped.startswith("### "):
            title = stripped[4:].strip()
            domain = _CLUSTERS.get(title, slug(title)) if suggesting else ""
        elif suggesting and domain and stripped.startswith("- "):
            name = stripped[2:].strip().strip("`")
            if is_service_id(name):
                by_cluster.setdefault(name, domain)
        elif stripped.startswith("|"):
            cells = [cell.strip() for cell in stripped.strip("|").split("|")]
            if len(cells) >= 3 and is_service_id(cells[0]) and cells[2] == "**Microservice**":
                by_category[cells[0]] = _CATEGORIES.get(cells[1], _OTHER_CATEGORY)
    return {**by_category, **by_cluster}


def _categories(source: Source, content: bytes) -> _Categories:
    document = _mapping(source, content)
    places = {"categories": source.place()}
    if document is None:
        return _Categories(None, None, places)
    retired = _retired(document, source, places)
    node = source.field(document, "services")
    services = None if node is None else source.fields(node, "`services`")
    if services is None:
        return _Categories(None, retired, places)
    found: dict[str, tuple[str, ...]] = {}
    for name, field in services.fields.items():
        if not _checked(field.key, source) or not isinstance(field.value, MapNode):
            continue
        places[f"category:{name}"] = source.place(field.key)
        old = _superseded(name, field.value, source, places)
        if old:
            found[name] = old
    return _Categories(found, retired, places)


def _retired(document: MapNode, source: Source, places: dict[str, Place]) -> tuple[str, ...] | None:
    node = source.field(document, "allow_missing_ids")
    if isinstance(node, Scalar) and node.empty:
        return ()
    listed = None if node is None else source.texts(node, "`allow_missing_ids`")
    for item in listed or ():
        if not (SHORT_ID.fullmatch(item.text) or is_service_id(item.text)):
            source.defect("bad-id", f"{clean(item.text)} is not an id", item, "write it as M27")
        elif f"retired:{item.text}" in places:
            message = f"{item.text} stands twice in `allow_missing_ids`"
            source.defect("duplicate-entry", message, item, "keep one of the two")
        places.setdefault(f"retired:{item.text}", source.place(item))
    return None if listed is None else tuple(dict.fromkeys(item.text for item in listed))


def _superseded(
    name: str, entry: MapNode, source: Source, places: dict[str, Place]
) -> tuple[str, ...]:
    node = entry.value("supersedes")
    if node is None or (isinstance(node, Scalar) and node.empty):
        return ()
    places[f"supersedes:{name}"] = source.place(node)
    good = [
        one for one in source.texts(node, f"`supersedes` of {name}") or () if _checked(one, source)
    ]
    for item in good:
        places.setdefault(f"supersedes:{name}:{item.text}", source.place(item))
    return tuple(dict.fromkeys(item.text for item in good))

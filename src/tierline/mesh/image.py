"""What a reference to a container image says: registry, repository, tag and how firmly it pins."""

from __future__ import annotations

from tierline.mesh.redact import HIDDEN

MOVING = frozenset({
    "", "latest", "main", "master", "dev", "develop", "edge", "nightly", "stable", "next", "staging",
    "prod", "production", "head", "trunk", "snapshot", "test",
})  # fmt: skip
"""tags that are set again and again; "" stands for none, which means latest"""
DOCKER_HUB = "docker.io"


def pin_of(reference: str) -> str:
    """How firmly a reference names an image: digest, version, moving, variable or none."""
    if not reference or reference == HIDDEN:
        return "none"
    if "@" in reference:
        return "digest"
    name, _, tag = reference.rpartition("/")[2].partition(":")
    if "${" in reference:
        return "variable" if "${" in tag or (not tag and "${" in name) else "version"
    return "moving" if tag.lower() in MOVING else "version"


def full_name(reference: str) -> str:
    """Registry and repository without tag and digest; what names no registry is of Docker Hub."""
    name = reference.partition("@")[0]
    above, slash, last = name.rpartition("/")
    name = f"{above}{slash}{last.partition(':')[0]}"
    first, slash, rest = name.partition("/")
    if slash and (first == "localhost" or "." in first or ":" in first):
        return f"{first.lower()}/{rest}"
    return f"{DOCKER_HUB}/{name}" if slash else f"{DOCKER_HUB}/library/{name}"


def is_from(reference: str, registry: str) -> bool:
    """Whether an image lies in a registry, or in a folder of one (`ghcr.io/acme`)."""
    place = registry.strip().rstrip("/")
    return full_name(reference).startswith(f"{place}/")

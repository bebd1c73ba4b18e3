"""Where an image comes from, by its reference."""

from __future__ import annotations

import pytest

from tierline.mesh.image import full_name, is_from


@pytest.mark.parametrize(
    ("reference", "name"),
    [
        ("nginx", "docker.io/library/nginx"),
        ("nginx:1.27", "docker.io/library/nginx"),
        ("acme/api:1", "docker.io/acme/api"),
        ("localhost/api", "localhost/api"),
        ("registry:5000/acme/api:1", "registry:5000/acme/api"),
        ("GHCR.io/acme/api@sha256:" + "0" * 64, "ghcr.io/acme/api"),
    ],
)
def test_a_reference_in_full(reference: str, name: str) -> None:
    assert full_name(reference) == name


def test_a_registry_is_compared_folder_by_folder() -> None:
    assert is_from("ghcr.io/acme/api:1", "ghcr.io")
    assert is_from("ghcr.io/acme/api:1", "ghcr.io/acme/")
    assert not is_from("ghcr.io/acme-evil/api:1", "ghcr.io/acme")
    assert not is_from("ghcr.io.evil.example/api:1", "ghcr.io")
    assert is_from("api:1", "docker.io/library")

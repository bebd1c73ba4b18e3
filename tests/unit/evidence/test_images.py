"""The map of images: read whole, or refused with everything that is wrong with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tierline.errors import UsageError
from tierline.evidence.images import read_images
from tierline.facts.images import Image, bare_name, is_pinned

DIGEST = "sha256:" + "ab" * 32
GOOD = f"127.0.0.1:5000/shop/orders@{DIGEST}"


def written(folder: Path, text: str) -> Path:
    file = folder / "images.json"
    file.write_text(text)
    return file


def test_a_map_is_read_by_name(tmp_path: Path) -> None:
    text = f'{{"version": 1, "images": {{"shop/orders": {{"reference": "{GOOD}", "source": "{"0" * 32}"}}, "cart": {{"reference": "{GOOD}"}}}}}}'
    found = read_images(written(tmp_path, text))
    assert found == {
        "cart": Image("cart", GOOD),
        "shop/orders": Image("shop/orders", GOOD, "0" * 32),
    }
    assert found["cart"].digest == DIGEST


def test_everything_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    text = """{"version": 2, "extra": 1, "images": {
        "a:1": {"reference": "a:1"}, "b": [], "c": {"reference": "c", "source": "HEAD", "tag": "x"}}}"""
    with pytest.raises(UsageError) as raised:
        read_images(written(tmp_path, text))
    assert raised.value.message.splitlines()[1:] == [
        "  version: 1 is expected",
        "  extra: unknown key",
        "  images.a:1: a name without tag and digest is expected",
        "  images.a:1: reference: NAME@sha256:DIGEST is expected, since a tag may move",
        "  images.b: an object with `reference` is expected",
        "  images.c: tag: unknown key",
        "  images.c: reference: NAME@sha256:DIGEST is expected, since a tag may move",
        "  images.c: source: the source revision that it was built from is expected, 32 hex digits",
    ]


@pytest.mark.parametrize("text", ["", "[]", "{", "[" * 100_000, '{"version": 1}'])
def test_what_is_no_map_is_a_usage_error(tmp_path: Path, text: str) -> None:
    with pytest.raises(UsageError) as raised:
        read_images(written(tmp_path, text))
    assert raised.value.code == "usage/images"


def test_a_missing_file_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read_images(tmp_path / "none.json")


def test_only_a_digest_pins_an_image() -> None:
    assert is_pinned(GOOD)
    assert is_pinned(f"registry.example:5000/a/b:1.0@{DIGEST}")
    others = ("a", "a:1", f"a@{DIGEST[:-1]}", f"a@{DIGEST} ", f"-a@{DIGEST}", f"a b@{DIGEST}")
    assert not any(is_pinned(reference) for reference in others)


def test_a_name_has_neither_tag_nor_digest() -> None:
    assert bare_name("go-mesh/m01:1.0") == "go-mesh/m01"
    assert bare_name("host:5000/a") == "host:5000/a"
    assert bare_name(f"host:5000/a:1@{DIGEST}") == "host:5000/a"

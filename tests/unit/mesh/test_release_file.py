"""`deploy/release.yaml`: what it says, and everything that is wrong in one."""

from __future__ import annotations

from tierline.mesh.release_file import ReleaseFile, parse_release

GOOD = b"""
data:
  epoch: 4
  accepts: [3, 4]
  reads: {orders: [1, 2]}
  writes: {orders: 2}
  owns: [orders]
migrations:
  irreversible: ["0004"]
signals: [traces, metrics]
"""
BAD = b"""
data:
  epoch: four
  accepts: [4, 3]
  reeds: {orders: [1]}
  owns: {orders: yes}
surprise: 1
signals: [metrics, metric, {a: b}]
"""


def test_what_it_says() -> None:
    found, defects = parse_release(GOOD, "x/deploy/release.yaml", "M05")
    assert not defects
    assert found == ReleaseFile(
        4,
        (3, 4),
        ("orders=1", "orders=2"),
        ("orders=2",),
        ("orders",),
        ("0004",),
        ("metrics", "traces"),
    )


def test_everything_that_is_wrong_is_told_at_once_with_its_place() -> None:
    _, defects = parse_release(BAD, "x/deploy/release.yaml", "M05")
    assert sorted((one.code, one.place.line) for one in defects) == [
        ("release/bad-interval", 4),
        ("release/unknown-key", 5),
        ("release/unknown-key", 7),
        ("release/wrong-type", 3),
        ("release/wrong-type", 6),
        ("release/wrong-type", 8),
        ("release/wrong-type", 8),
    ]


def test_what_is_no_mapping_says_nothing() -> None:
    found, defects = parse_release(b"[]", "x/deploy/release.yaml", None)
    assert found == ReleaseFile()
    assert [one.code for one in defects] == ["release/wrong-type"]

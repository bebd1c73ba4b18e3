"""What is kept of a revision: whole on disk, and at hand without reading for whoever brings it next."""

from __future__ import annotations

from pathlib import Path

from tierline.targets.kubernetes.bundles import Bundle, Bundles

OLD, NEW = "a" * 32, "b" * 32


def bundle(revision: str) -> Bundle:
    objects = ({"kind": "ConfigMap", "metadata": {"name": revision[:1]}},)
    return Bundle("M01-Orders", revision, objects, ("M02-Stock",), ("/v1/orders",))


def test_what_was_kept_is_found_by_another_process(tmp_path: Path) -> None:
    Bundles(tmp_path).keep(bundle(OLD))
    assert Bundles(tmp_path).find("M01-Orders", OLD) == bundle(OLD)


def test_the_one_kept_last_is_at_hand(tmp_path: Path) -> None:
    bundles = Bundles(tmp_path)
    for revision in (OLD, NEW):
        bundles.keep(bundle(revision))
    assert bundles.held("M01-Orders", NEW) == bundle(NEW)
    assert bundles.held("M01-Orders", OLD) is None


def test_going_back_has_the_one_that_was_found_at_hand(tmp_path: Path) -> None:
    bundles = Bundles(tmp_path)
    for revision in (OLD, NEW):
        bundles.keep(bundle(revision))
    bundles.find("M01-Orders", OLD)
    assert bundles.held("M01-Orders", OLD) == bundle(OLD)
    assert bundles.held("M01-Orders", NEW) is None


def test_nothing_is_at_hand_that_was_not_kept(tmp_path: Path) -> None:
    Bundles(tmp_path).keep(bundle(OLD))
    (tmp_path / "M01-Orders" / f"{NEW}.json").write_text("{")
    bundles = Bundles(tmp_path)
    assert bundles.find("M01-Orders", NEW) is None
    assert bundles.held("M01-Orders", OLD) is None

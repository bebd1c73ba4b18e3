"""Go's own tests: run for real, counted, and shown where they fail."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from e2e.cli.shop import Shop
from e2e.evidence.conftest import at_home
from tierline.scaffold.repository import make_repository

pytestmark = [pytest.mark.required("go", "git"), pytest.mark.slow]

GO_MESH = Path(__file__).resolve().parents[2] / "meshes/go-mesh"
FOLDER = "services/platform-ops/M05-registry-service"
FAILING = """\
package bootstrap

import "testing"

func TestItAddsUp(t *testing.T) {
	t.Run("inner", func(t *testing.T) { t.Fatal("one and one are three") })
}

func TestSkipped(t *testing.T) { t.Skip("not today") }
"""


@pytest.fixture
def go_shop() -> Iterator[Shop]:
    base = Path(tempfile.mkdtemp(prefix="tg-"))
    shutil.copytree(GO_MESH, base / "shop")
    make_repository(base / "shop", "The Go mesh")
    yield at_home(Shop(base / "shop", base))
    shutil.rmtree(base, ignore_errors=True)


def test_go_tests_are_evidence_and_a_failure_is_readable(go_shop: Shop) -> None:
    told = go_shop.tell("test", "M05", "--format", "json")
    assert told.code == 0, told
    suites = told.document["services"][0]["suites"]
    assert [(one["suite"], one["runner"], one["passed"]) for one in suites] == [
        ("unit", "go", 1), ("integration", "go", 1), ("contract", "go", 1),
    ]  # fmt: skip
    beside = go_shop.mesh / FOLDER / "internal/app/bootstrap/sum_test.go"
    beside.write_text(FAILING)
    told = go_shop.tell("test", "M05", "--suite", "unit")
    assert told.code == 3
    assert "one and one are three" in told.out and "2 of 3 tests failed" in told.out
    beside.write_text("package bootstrap\n\nthis is no Go\n")
    told = go_shop.tell("test", "M05", "--suite", "unit")
    assert told.code == 3
    assert "did not build or run" in told.err + told.out or "sum_test.go:3" in told.out

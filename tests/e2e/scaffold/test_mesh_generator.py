"""The generator of meshes that other tests and benchmarks use."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from mesh_generator import Shape, declare, generate

from tierline.evidence.load import load_mesh

SEEN = Shape(services=49, edges=34, externals=14, inversions=1)


def test_a_mesh_of_the_size_seen_in_the_wild(tmp_path: Path) -> None:
    generate(tmp_path, SEEN)
    mesh = load_mesh(tmp_path / "mesh")
    assert mesh.defects == ()
    assert len(mesh.services) == 49
    assert sum(len(service.owners) for service in mesh.services.values()) == 34
    assert len({e for service in mesh.services.values() for e in service.externals}) == 14
    assert len(mesh.graph.inversions) == 1
    assert mesh.graph.cycles == ()


def test_the_same_arguments_give_the_same_mesh() -> None:
    assert declare(SEEN) == declare(SEEN)
    assert declare(SEEN) != declare(Shape(49, 34, 14, 1, seed=1))


@pytest.mark.parametrize("count", [0, 1, 6, 7])
def test_small_meshes(tmp_path: Path, count: int) -> None:
    generate(tmp_path, Shape(count))
    mesh = load_mesh(tmp_path / "mesh")
    assert len(mesh.services) == count
    assert [defect for defect in mesh.defects if count] == []


def test_ten_thousand_services_can_be_declared() -> None:
    made = declare(Shape(services=10_000, edges=50_000, inversions=5))
    assert len(made.services) == 10_000
    assert sum(len(one.depends_on) for one in made.services) == 50_000


@pytest.mark.parametrize("shape", [Shape(3, edges=99), Shape(9, edges=9, inversions=9)])
def test_what_does_not_fit_is_refused(shape: Shape) -> None:
    with pytest.raises(ValueError, match="services"):
        declare(shape)


@pytest.mark.required("go")
def test_a_generated_service_builds(tmp_path: Path) -> None:
    made = generate(tmp_path, Shape(6))
    mesh = load_mesh(tmp_path / "mesh")
    home = tmp_path / "mesh" / mesh.services[made.services[0].service_id].path
    subprocess.run(
        ["go", "build", "-o", f"{tmp_path}/bin/", "./cmd/..."],
        cwd=home,
        env={**os.environ, "CGO_ENABLED": "0", "GOPROXY": "off", "GOFLAGS": ""},
        check=True,
    )
    assert (tmp_path / "bin/api").exists()

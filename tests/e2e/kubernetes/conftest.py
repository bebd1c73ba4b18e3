"""The image of a small Go service."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from beds.kube.images import Image, Recipe, make


@pytest.fixture(scope="session")
def answering(tmp_path_factory: pytest.TempPathFactory) -> Image:
    """The image of a service that says its name, and asks others when told to."""
    program = tmp_path_factory.mktemp("answering") / "answering"
    subprocess.run(
        ["go", "build", "-ldflags", "-s -w", "-o", program, "main.go"],
        cwd=Path(__file__).parent / "answering",
        env={**os.environ, "CGO_ENABLED": "0", "GOFLAGS": "-buildvcs=false"},
        check=True,
    )
    return make(Recipe({"/answering": program}, ["/answering"]))

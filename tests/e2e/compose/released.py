"""A mesh that is released to a Docker engine: its commands go to that environment."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from docker_bed import Engine
from e2e.rollout.field import Field

POLICY = 'version = 1\n[environments.box]\nkind = "local"\ntarget = "compose"\n'


@dataclass(frozen=True)
class Released(Field):
    """A field whose environment `box` is on an engine."""

    engine: Engine | None = None
    policy: str = POLICY

    @property
    def environ(self) -> Mapping[str, str]:
        """What every command gets: also how the engine and the environment are found."""
        policy = self.base / "policy.toml"
        policy.write_text(self.policy)
        assert self.engine is not None
        told = {"TIERLINE_ENV": "box", "TIERLINE_POLICY": str(policy)}
        return {**super().environ, **self.engine.environ, **told}

    def containers(self) -> list[str]:
        """Ids of the containers that run, sorted."""
        assert self.engine is not None
        return sorted(self.engine.docker("ps", "--quiet", "--no-trunc").split())

    def revert(self) -> None:
        """Take the newest commit of the mesh back."""
        git = ["git", "-C", str(self.folder), "-c", "user.name=t", "-c", "user.email=t@x.invalid"]
        subprocess.run([*git, "revert", "--no-edit", "HEAD"], check=True, capture_output=True)


def made(base: Path, engine: Engine) -> Released:
    """A field in an empty folder."""
    return Released(base / "shop", base, engine=engine)

"""Commands in a mount namespace of their own: full and read-only disks that no test leaves behind."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from e2e.cli.shop import Done, Shop, unfit
from e2e.rollout.field import PATIENCE, TIERLINE


def mounted(shop: Shop, mounts: str, *arguments: str) -> Done:
    """A command in a mount namespace of its own, so that no mount outlives it."""
    line = f"{mounts} && cd {shop.folder} && exec {shlex.join([*TIERLINE, *arguments])}"
    done = subprocess.run(
        ["unshare", "--map-root-user", "--mount", "sh", "-c", line],
        cwd=shop.folder,
        env=shop.environ,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    told = Done(done.returncode, done.stdout, done.stderr)
    unfit(told)
    return told


def read_only(folder: Path) -> str:
    return f"mount --bind {folder} {folder} && mount -o remount,ro,bind {folder}"


needs_mounts = pytest.mark.skipif(
    shutil.which("unshare") is None
    or subprocess.run(["unshare", "-rm", "true"], capture_output=True, check=False).returncode != 0,
    reason="this machine does not let us mount in a namespace of our own",
)

"""Commands in worse places than ours: full and read-only disks, and root without its powers."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from e2e.cli.shop import Done, Shop, is_root, unfit
from e2e.rollout.field import PATIENCE, TIERLINE


def mounted(shop: Shop, mounts: str, *arguments: str) -> Done:
    """A command in a mount namespace of its own, so that no mount outlives it."""
    line = f"{mounts} && cd {shop.folder} && exec {shlex.join([*TIERLINE, *arguments])}"
    return _told(shop, "unshare", "--map-root-user", "--mount", "sh", "-c", line)


def powerless(shop: Shop, *arguments: str) -> Done:
    """A command of root that may enter what belongs to others as little as anybody else."""
    return _told(shop, *_POWERLESS, *TIERLINE, *arguments)


def _told(shop: Shop, *argv: str) -> Done:
    done = subprocess.run(
        argv,
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


_POWERLESS = ("setpriv", "--bounding-set", "-all", "--inh-caps", "-all")
needs_setpriv = pytest.mark.skipif(
    not is_root()
    or shutil.which("setpriv") is None
    or subprocess.run([*_POWERLESS, "true"], capture_output=True, check=False).returncode != 0,
    reason="only root can give a folder away and then do without its powers",
)
needs_mounts = pytest.mark.skipif(
    shutil.which("unshare") is None
    or subprocess.run(["unshare", "-rm", "true"], capture_output=True, check=False).returncode != 0,
    reason="this machine does not let us mount in a namespace of our own",
)

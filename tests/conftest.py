"""What every test gets: folders of its own for state, plain git, and requirements that are checked.

A test marked `required("go")` needs that program. Where it is missing the test is skipped, and with
TIERLINE_TEST_REQUIRE=1, as in CI, it fails: a test that never runs there guards nothing.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from beds import builds
from hypothesis import HealthCheck, settings

pytest_plugins = ("docker_bed", "kubernetes_bed")
REQUIRE = "TIERLINE_TEST_REQUIRE"
NOBODY = 65534
ROOT = Path(__file__).resolve().parent.parent
_FOLDERS = ("XDG_RUNTIME_DIR", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME")
_base = pytest.StashKey[Path]()

settings.register_profile("quick", deadline=None, max_examples=15)
settings.register_profile("default", deadline=None, max_examples=60)
settings.register_profile("ci", deadline=None, max_examples=100, derandomize=True, print_blob=True)
settings.register_profile(
    "soak",
    deadline=None,
    max_examples=5000,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("ci" if os.environ.get("CI") else "default")


def pytest_configure(config: pytest.Config) -> None:
    """Give this test process, and all it starts, state folders and git settings of its own.

    The base is short because the path of a unix socket may have 107 characters at most.
    """
    base = Path(tempfile.mkdtemp(prefix="tl-"))
    config.stash[_base] = base
    keep_caches()
    find_programs()
    for name in _FOLDERS:
        folder = base / name.split("_")[1].lower()
        folder.mkdir(mode=0o700)
        os.environ[name] = str(folder)
    os.environ["GIT_CONFIG_GLOBAL"] = os.environ["GIT_CONFIG_SYSTEM"] = os.devnull
    for name in ("TIERLINE_ENV", "TIERLINE_POLICY", "NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        os.environ.pop(name, None)


def keep_caches() -> None:
    """Go's builds and ours for beds are found by XDG_CACHE_HOME: say where before that moves."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    os.environ.setdefault("GOCACHE", str(cache / "go-build"))
    os.environ.setdefault(builds.CACHE, str(builds.cache_folder()))


def find_programs() -> None:
    """Programs that came with the packages (buf), and what tools/ built: plugins, oasdiff."""
    built = (ROOT / ".cache" / name for name in ("protoc-plugins", "oasdiff"))
    ours = (Path(sys.executable).parent, *built)
    os.environ["PATH"] = os.pathsep.join((os.environ.get("PATH", os.defpath), *map(str, ours)))


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the folders of this test process."""
    base = config.stash.get(_base, None)
    if base is not None:
        shutil.rmtree(base, ignore_errors=True)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test whose requirements are missing, or fail it where none may be."""
    wanted: list[str] = [what for mark in item.iter_markers("required") for what in mark.args]
    missing = [what for what in wanted if shutil.which(what) is None]
    if not missing:
        return
    reason = f"not on PATH: {', '.join(missing)}"
    if os.environ.get(REQUIRE):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--write-golden` takes what is shown now as right; look at the difference before committing."""
    parser.addoption("--write-golden", action="store_true", help="rewrite files in tests/golden")


@pytest.fixture
def ordinary() -> Iterator[Path]:
    """A folder of somebody who may not read everything, and that somebody's rights if we are root."""
    folder = Path(tempfile.mkdtemp(prefix="to-"))
    root = os.geteuid() == 0
    if root:
        os.chown(folder, NOBODY, NOBODY)
        os.seteuid(NOBODY)
    try:
        yield folder
    finally:
        if root:
            os.seteuid(0)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare a whole output with a file beside the test: `golden("held.txt", text)`."""
    folder = Path(request.path).parent

    def compare(name: str, shown: str) -> None:
        file = folder / name
        if request.config.getoption("--write-golden"):
            file.write_text(shown, encoding="utf-8")
        assert shown == file.read_text(encoding="utf-8"), f"{file}: see --write-golden"

    return compare

"""Where a local environment keeps its things, and which folders it does not trust."""

import os
import re

import pytest

from tierline.errors import PermanentError, UsageError
from tierline.targets.local.paths import folders, identity


def mode(path):
    return path.stat().st_mode & 0o777


def test_clones_of_a_named_mesh_share_an_environment(tmp_path):
    one, other = tmp_path / "one", tmp_path / "other"
    assert identity("local", one, name="shop") == identity("local", other, name="shop")
    assert identity("local", one, root_commit="c") == identity("local", other, root_commit="c")
    assert identity("local", one) != identity("local", other)
    assert identity("local", one, name="shop") != identity("qa", one, name="shop")
    assert identity("local", one, name="a", root_commit="c") == identity("local", one, name="a")


def test_an_identity_is_safe_in_a_path(tmp_path):
    found = identity("../x\n" * 50, tmp_path, name="../../Große Mesh" * 9)
    assert re.fullmatch(r"[a-z0-9-]{1,45}", found)


def test_folders_are_made_private(tmp_path):
    runtime = tmp_path / "run"
    runtime.mkdir()
    environ = {
        "XDG_RUNTIME_DIR": str(runtime),
        "XDG_STATE_HOME": str(tmp_path / "state"),
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
    }
    found = folders("shop-1", environ)
    assert found.runtime == runtime / "tierline" / "shop-1"
    assert found.state == tmp_path / "state/tierline/shop-1"
    assert found.cache == tmp_path / "cache/tierline"
    assert {mode(found.runtime), mode(found.state), mode(found.cache)} == {0o700}
    assert folders("shop-1", environ) == found


def test_defaults_are_below_home_and_relative_values_are_ignored(tmp_path):
    found = folders("e", {"HOME": str(tmp_path), "XDG_STATE_HOME": "relative"})
    assert found.state == tmp_path / ".local/state/tierline/e"
    assert found.runtime == found.state / "run"
    assert found.cache == tmp_path / ".cache/tierline"


def test_without_a_home_the_error_names_the_variable():
    with pytest.raises(UsageError) as caught:
        folders("e", {})
    assert caught.value.code == "state/no-home"
    assert "XDG_STATE_HOME" in caught.value.fix


@pytest.mark.parametrize("which", ["tierline", "tierline/e"])
def test_a_folder_open_to_others_is_refused(tmp_path, which):
    environ = {"XDG_STATE_HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "c")}
    (tmp_path / "tierline").mkdir(mode=0o700)
    (tmp_path / which).mkdir(mode=0o700, exist_ok=True)
    (tmp_path / which).chmod(0o755)
    with pytest.raises(PermanentError) as caught:
        folders("e", environ)
    assert caught.value.code == "state/open"
    assert f"chmod 700 {tmp_path / which}" in caught.value.fix


def test_a_link_in_place_of_a_folder_is_refused(tmp_path):
    environ = {"XDG_STATE_HOME": str(tmp_path / "s"), "XDG_CACHE_HOME": str(tmp_path / "c")}
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    (tmp_path / "s").mkdir()
    (tmp_path / "s/tierline").symlink_to(elsewhere)
    with pytest.raises(PermanentError):
        folders("e", environ)


def test_a_folder_of_somebody_else_is_refused(tmp_path):
    if os.geteuid() != 0:
        pytest.skip("only root can give a folder away")
    environ = {"XDG_STATE_HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "c")}
    (tmp_path / "tierline").mkdir(mode=0o700)
    os.chown(tmp_path / "tierline", 12345, 12345)
    with pytest.raises(PermanentError) as caught:
        folders("e", environ)
    assert caught.value.code == "state/foreign"

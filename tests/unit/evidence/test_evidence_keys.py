"""Private keys: whose folder it must be, what is never written over, and what is never said."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from tierline.errors import PermanentError, TierlineError, UsageError
from tierline.evidence.envelopes import public_key
from tierline.evidence.keys import all_keys, keys_folder, new_key, private_key


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return keys_folder({"XDG_CONFIG_HOME": str(tmp_path)})


def test_a_key_is_kept_for_its_owner_only(folder: Path) -> None:
    made = new_key(folder, "ada")
    file = folder / "ada.key"
    modes = [path.stat().st_mode & 0o777 for path in (file, folder, folder.parent)]
    assert modes == [0o600, 0o700, 0o700]
    assert [path.name for path in folder.iterdir()] == ["ada.key"]
    assert all_keys(folder) == (made,)
    assert public_key(private_key(folder, "ada")) == made.public
    assert new_key(folder, "bob").public != made.public
    assert [one.name for one in all_keys(folder)] == ["ada", "bob"]


def test_no_key_is_written_over(folder: Path) -> None:
    made = new_key(folder, "ada")
    with pytest.raises(UsageError, match="never written over") as caught:
        new_key(folder, "ada")
    assert caught.value.code == "key/exists"
    assert all_keys(folder) == (made,)
    (folder / "carl.key").symlink_to("/dev/null")
    with pytest.raises(UsageError, match="never written over"):
        new_key(folder, "carl")


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "../a", "-a", "a b", "a\n", "é", "a" * 65])
def test_a_name_is_the_name_of_a_file(folder: Path, name: str) -> None:
    for work in (new_key, private_key):
        with pytest.raises(UsageError) as caught:
            work(folder, name)
        assert caught.value.code == "key/name"
    assert not folder.exists()


def test_without_keys_there_are_none(folder: Path) -> None:
    assert all_keys(folder) == ()
    with pytest.raises(UsageError, match="you have no key"):
        private_key(folder, "ada")
    new_key(folder, "ada")
    with pytest.raises(UsageError, match="there is no key bob") as caught:
        private_key(folder, "bob")
    assert caught.value.code == "key/unknown"


def test_a_folder_that_others_may_enter_is_refused(folder: Path) -> None:
    new_key(folder, "ada")
    for mode in (0o750, 0o705, 0o701):
        folder.chmod(mode)
        for work in (all_keys, lambda f: new_key(f, "bob"), lambda f: private_key(f, "ada")):  # type: ignore[misc] # any answer
            with pytest.raises(PermanentError, match="is open to others") as caught:
                work(folder)
            assert "chmod 700" in caught.value.fix


def test_a_folder_that_is_a_link_or_a_file_is_refused(folder: Path, tmp_path: Path) -> None:
    folder.parent.mkdir()
    folder.symlink_to(tmp_path)
    with pytest.raises(PermanentError, match="is a link or no folder"):
        new_key(folder, "ada")
    folder.unlink()
    folder.write_text("")
    with pytest.raises(PermanentError, match=r"cannot be made or read|is a link"):
        new_key(folder, "ada")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_the_folder_of_somebody_else_is_refused(folder: Path) -> None:
    new_key(folder, "ada")
    os.chown(folder, 65534, 65534)
    with pytest.raises(PermanentError, match="belongs to user 65534"):
        all_keys(folder)
    os.chown(folder, 0, 0)
    os.chown(folder / "ada.key", 65534, 65534)
    with pytest.raises(UsageError, match="is not ours alone"):
        private_key(folder, "ada")


def test_a_key_that_others_may_read_signs_nothing(folder: Path) -> None:
    new_key(folder, "ada")
    (folder / "ada.key").chmod(0o640)
    with pytest.raises(UsageError, match="is not ours alone") as caught:
        private_key(folder, "ada")
    assert caught.value.code == "key/unusable"


def spoil(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    file.chmod(0o600)


SECRET = b"-----BEGIN PRIVATE KEY-----\nc2VjcmV0LWNhbmFyeQ==\n-----END PRIVATE KEY-----\n"
X25519 = X25519PrivateKey.generate().private_bytes(
    serialization.Encoding.PEM,
    serialization.PrivateFormat.PKCS8,
    serialization.NoEncryption(),
)


SPOILT = {"empty": b"", "no text": b"\xff", "cut": SECRET, "other": X25519, "long": b"x" * 20_000}


@pytest.mark.parametrize("content", SPOILT.values(), ids=SPOILT)
def test_a_spoilt_key_is_said_to_be_so_and_not_shown(folder: Path, content: bytes) -> None:
    new_key(folder, "ada")
    spoil(folder / "ada.key", content)
    for work in (lambda: private_key(folder, "ada"), lambda: all_keys(folder)):
        with pytest.raises(UsageError) as caught:
            work()
        assert caught.value.code == "key/unusable"
        assert "canary" not in f"{caught.value.message}{caught.value.fix}"
        assert "PRIVATE" not in caught.value.message


def test_a_link_a_folder_or_a_pipe_is_no_key(folder: Path, tmp_path: Path) -> None:
    new_key(folder, "ada")
    (folder / "ada.key").rename(tmp_path / "away")
    (folder / "ada.key").symlink_to(tmp_path / "away")
    (folder / "bob.key").mkdir()
    os.mkfifo(folder / "carl.key", 0o600)
    for name in ("ada", "bob", "carl"):
        with pytest.raises(UsageError) as caught:
            private_key(folder, name)
        assert caught.value.code == "key/unusable", name


@pytest.mark.parametrize("place", ["", "deep/er"])
def test_keys_are_never_in_a_mesh(tmp_path: Path, place: str) -> None:
    mesh = tmp_path / "mesh"
    (mesh / "services").mkdir(parents=True)
    (mesh / "tierline.toml").write_text("")
    (mesh / place).mkdir(parents=True, exist_ok=True)
    (tmp_path / "link").symlink_to(mesh / place)
    for home in (mesh / place, tmp_path / "link"):
        with pytest.raises(PermanentError, match="lies in the mesh") as caught:
            keys_folder({"XDG_CONFIG_HOME": str(home)})
        assert caught.value.code == "key/in-mesh"


def test_keys_are_below_home_unless_said_otherwise() -> None:
    assert keys_folder({"HOME": "/h"}) == Path("/h/.config/tierline/keys")
    assert keys_folder({"HOME": "/h", "XDG_CONFIG_HOME": "x"}) == Path("/h/.config/tierline/keys")
    with pytest.raises(TierlineError) as caught:
        keys_folder({})
    assert caught.value.code == "key/no-home"

"""A person's private keys: one file each, 0600 in a folder of hers alone, never inside a mesh.

Never prints a key. What was written once is never written over.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from tierline.errors import PermanentError, UsageError
from tierline.evidence.envelopes import public_key
from tierline.evidence.root import is_mesh
from tierline.facts.instant import Instant
from tierline.frozen import frozen
from tierline.mesh.clean import clean
from tierline.policy.trust import NAME

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_SUFFIX = ".key"
_LARGEST = 16 * 1024
_ELSEWHERE = "give a folder of your own with XDG_CONFIG_HOME"


@frozen
class Key:
    """A key of ours, without its private half. `created` is the time of its file."""

    name: str
    public: str
    created: Instant


def keys_folder(environ: Mapping[str, str]) -> Path:
    """Where keys are: `tierline/keys` of XDG_CONFIG_HOME, else of ~/.config; made or not.

    UsageError without a home; PermanentError where that is inside a mesh, which others write.
    """
    given = (environ.get("XDG_CONFIG_HOME", ""), _joined(environ.get("HOME", ""), ".config"))
    base = next((path for path in given if path.startswith("/")), None)
    if base is None:
        raise UsageError(
            "there is no place for keys: neither XDG_CONFIG_HOME nor HOME is set",
            code="key/no-home",
            fix="set XDG_CONFIG_HOME (or HOME) to a folder you own",
        )
    folder = Path(base) / "tierline" / "keys"
    inside = next((p for p in (folder, *folder.resolve().parents) if is_mesh(p)), None)
    if inside is not None:
        raise PermanentError(
            f"{folder} lies in the mesh {inside}: a private key does not belong there",
            code="key/in-mesh",
            fix=_ELSEWHERE,
        )
    return folder


def new_key(folder: Path, name: str) -> Key:
    """Make a key and keep it; UsageError where the name cannot be, or is taken."""
    _refuse_name(name)
    _private(folder, make=True)
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - slow to import
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415 - slow to import
        Ed25519PrivateKey,
    )

    made = Ed25519PrivateKey.generate()
    text = made.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file = folder / f"{name}{_SUFFIX}"
    _write_once(file, text)
    return Key(name, public_key(made), file.stat().st_mtime)


def all_keys(folder: Path) -> tuple[Key, ...]:
    """Every key in the folder, by name; none where there is no folder."""
    if not os.path.lexists(folder):
        return ()
    _private(folder, make=False)
    names = sorted(path.name.removesuffix(_SUFFIX) for path in folder.glob(f"*{_SUFFIX}"))
    return tuple(
        Key(name, public_key(private_key(folder, name)), _file(folder, name).stat().st_mtime)
        for name in names
        if NAME.fullmatch(name)
    )


def private_key(folder: Path, name: str) -> Ed25519PrivateKey:
    """The private key of that name. UsageError where there is none, or others may read it."""
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - slow to import
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415 - slow to import
        Ed25519PrivateKey,
    )

    _refuse_name(name)
    _private(folder, make=False)
    content = _read(_file(folder, name))
    try:
        key = serialization.load_pem_private_key(content, password=None)
    except (ValueError, TypeError) as error:
        raise _unusable(_file(folder, name), "is no private key") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise _unusable(_file(folder, name), "is no Ed25519 key")
    return key


def _joined(home: str, below: str) -> str:
    return f"{home}/{below}" if home else ""


def _file(folder: Path, name: str) -> Path:
    return folder / f"{name}{_SUFFIX}"


def _refuse_name(name: str) -> None:
    if not NAME.fullmatch(name):
        raise UsageError(
            f"{clean(name) or 'an empty name'} is no name of a key",
            code="key/name",
            fix="take letters, digits and . _ @ + - up to 64, such as ada",
        )


def _private(folder: Path, *, make: bool) -> None:
    """PermanentError unless the folder is a real one, ours, and closed to others."""
    try:
        if make:
            folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
    except FileNotFoundError as error:
        raise _no_keys() from error
    except OSError as error:
        raise PermanentError(
            f"{folder} cannot be made or read: {error.strerror}",
            code="key/folder",
            fix=_ELSEWHERE,
        ) from error
    wrong, fix = "", _ELSEWHERE
    if not stat.S_ISDIR(found.st_mode):
        wrong = "is a link or no folder"
    elif found.st_uid != os.geteuid():
        wrong = f"belongs to user {found.st_uid}, not to us ({os.geteuid()})"
    elif stat.S_IMODE(found.st_mode) & 0o077:
        wrong = f"is open to others (mode {stat.S_IMODE(found.st_mode):04o})"
        fix = f"chmod 700 {folder}; whoever could read keys there may have them"
    if wrong:
        raise PermanentError(f"{folder} {wrong}", code="key/folder", fix=fix)


def _write_once(file: Path, content: bytes) -> None:
    """Whole or not at all, and never over another: a link to a finished file is made or refused."""
    part = file.parent / f".{file.name}.{os.getpid()}"
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as written:
            written.write(content)
            written.flush()
            os.fsync(written.fileno())
        os.link(part, file)
    except FileExistsError as error:
        raise UsageError(
            f"there is a key {file.stem} already, and keys are never written over",
            code="key/exists",
            fix="take another name, or see tierline key list",
        ) from error
    except OSError as error:
        raise PermanentError(
            f"{file} cannot be written: {error.strerror}", code="key/folder", fix=_ELSEWHERE
        ) from error
    finally:
        with suppress(OSError):
            part.unlink()


def _read(file: Path) -> bytes:
    try:
        with os.fdopen(os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as opened:
            found = os.fstat(opened.fileno())
            if not stat.S_ISREG(found.st_mode) or found.st_size > _LARGEST:
                raise _unusable(file, "is no file of a key")
            if found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) & 0o077:
                raise _unusable(
                    file, "is not ours alone", f"chmod 600 {file}, if it still is secret"
                )
            return opened.read()
    except FileNotFoundError as error:
        raise UsageError(
            f"there is no key {file.stem}",
            code="key/unknown",
            fix="see tierline key list, or make one: tierline key new NAME",
        ) from error
    except OSError as error:
        raise _unusable(file, f"cannot be read: {error.strerror}") from error


def _no_keys() -> UsageError:
    return UsageError(
        "you have no key", code="key/unknown", fix="make one: tierline key new YOUR-NAME"
    )


def _unusable(
    file: Path, fact: str, fix: str = "make another: tierline key new NAME"
) -> UsageError:
    return UsageError(f"{file} {fact}", code="key/unusable", fix=fix)

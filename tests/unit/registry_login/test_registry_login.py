"""Logging in at registries: a real one over HTTP that wants a login, and the user's configuration."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from made.token_registry import Answer, TokenRegistry, encoded, logged_in, serving
from tierline.errors import PermanentError
from tierline.evidence.registry import Found, look_up
from tierline.registry_login.challenge import Challenge, challenge_in, is_trusted, token_in
from tierline.registry_login.docker_config import Login, Logins, logins_in, read_logins

SOURCE = "5" * 32
CONFIG = json.dumps({"config": {"Labels": {"org.opencontainers.image.revision": SOURCE}}}).encode()


def digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


MANIFEST = json.dumps({"config": {"digest": digest(CONFIG)}}).encode()
KEPT = {f"blobs/{digest(CONFIG)}": CONFIG, "manifests/1.0": MANIFEST}
FOUND = Found(digest(MANIFEST), SOURCE)


def content(path: str) -> Answer:
    kept = KEPT.get(path.removeprefix("/v2/shop/one/"))
    return (200, "application/json", kept) if kept else (404, "application/json", b"{}")


LOCKED = TokenRegistry(content)


def told(registry: TokenRegistry, entry: dict[str, str] | None) -> tuple[Found | str, list[str]]:
    """What is found with this login at a registry, or why nothing is; and what the registry was asked."""
    with serving(replace(registry, asked=[])) as served:
        known = {served.address: entry} if entry is not None else {}
        logins = logins_in(json.dumps({"auths": known}).encode())
        try:
            return look_up(f"{served.address}/shop/one:1.0", logins), served.asked
        except PermanentError as error:
            return error.message.replace(served.address, "HOST"), served.asked


@pytest.mark.parametrize(
    ("registry", "entry", "how"),
    [
        (LOCKED, encoded("ann:s3:cret"), "GET /token Basic"),
        (LOCKED, {"username": "ann", "password": "s3:cret"}, "GET /token Basic"),
        (LOCKED, {"identitytoken": "refresh"}, "POST /token nobody"),
        (replace(LOCKED, public=frozenset({"shop/one"})), None, "GET /token nobody"),
    ],
)
def test_a_token_is_asked_for_once(
    registry: TokenRegistry, entry: dict[str, str] | None, how: str
) -> None:
    assert told(registry, entry) == (
        FOUND,
        [
            "GET /v2/shop/one/manifests/1.0 nobody",
            how,
            "GET /v2/shop/one/manifests/1.0 Bearer",
            f"GET /v2/shop/one/blobs/{digest(CONFIG)} Bearer",
        ],
    )


def test_a_login_may_be_wanted_itself() -> None:
    found, asked = told(replace(LOCKED, scheme="Basic"), encoded("ann:s3:cret"))
    assert found == FOUND
    assert [one.rpartition(" ")[2] for one in asked] == ["nobody", "Basic", "Basic"]


def test_a_token_may_stand_in_the_configuration() -> None:
    found, asked = told(LOCKED, {"registrytoken": "for-repository:shop/one:pull"})
    assert found == FOUND
    assert not [one for one in asked if "/token" in one]


WANTS = (
    "image HOST/shop/one:1.0: registry HOST: it wants a login: the Docker configuration has none"
)
REFUSED = "image HOST/shop/one:1.0: registry HOST: it refuses the login of the Docker configuration"


@pytest.mark.parametrize(
    ("registry", "entry", "why"),
    [
        (LOCKED, None, WANTS),
        (LOCKED, {"auth": "no base64"}, WANTS),
        (LOCKED, encoded("ann:wrong"), f"{REFUSED} (401)"),
        (replace(LOCKED, scheme="Basic"), None, WANTS),
        (replace(LOCKED, scheme="Basic"), encoded("ann:wrong"), REFUSED),
        (LOCKED, {"registrytoken": "old"}, REFUSED),
        (replace(LOCKED, realm="http://auth.example/token"), encoded("ann:s3:cret"),
         "image HOST/shop/one:1.0: registry HOST: it sends logins to http://auth.example/token, which is not https"),
        (replace(LOCKED, scheme="Digest", realm="x"), None, None),
    ],
)  # fmt: skip
def test_without_a_login_that_helps_it_is_told_why(
    registry: TokenRegistry, entry: dict[str, str] | None, why: str | None
) -> None:
    found, asked = told(registry, entry)
    if why is not None:
        assert found == why
    assert isinstance(found, str)
    assert "s3:cret" not in found
    assert len(asked) <= 3


def test_whom_a_registry_sends_us_on_to_gets_no_login() -> None:
    """Even where that one asks for it in the registry's name."""
    with serving(replace(LOCKED, asked=[])) as other:
        sent = replace(LOCKED, elsewhere=f"http://{other.address}", asked=[])
        found, _ = told(sent, encoded("ann:s3:cret"))
        assert found == (
            "image HOST/shop/one:1.0: registry HOST: who it sends us on to wants a login"
        )
        assert other.asked == ["GET /v2/shop/one/manifests/1.0 nobody"]


@pytest.mark.parametrize(
    ("headers", "found"),
    [
        (['Bearer realm="https://a.example/t",service="s",scope="repository:x:pull,push"'],
         Challenge("bearer", "https://a.example/t", "s", "repository:x:pull,push")),
        (["bearer realm=https://a.example/t"], Challenge("bearer", "https://a.example/t")),
        (['Basic realm="x"', 'Bearer realm="https://a.example/t"'],
         Challenge("bearer", "https://a.example/t")),
        (['Basic realm="x"'], Challenge("basic", "x")),
        (["Basic"], Challenge("basic")),
        (["Bearer"], Challenge("bearer")),
        (['Negotiate', 'Digest realm="x"', "Bearerish x=y", ""], None),
        ([], None),
    ],
)  # fmt: skip
def test_what_a_registry_asks_for(headers: list[str], found: Challenge | None) -> None:
    assert challenge_in(headers) == found


@pytest.mark.parametrize(
    ("realm", "host", "trusted"),
    [
        ("https://auth.example/t", "reg.example", True),
        ("http://auth.example/t", "reg.example", False),
        ("http://127.0.0.1:1/t", "127.0.0.1:2", True),
        ("http://127.0.0.1:1/t", "reg.example", False),
        ("http://evil@127.0.0.1:1/t", "127.0.0.1:2", False),
        ("https://ann:x@auth.example/t", "reg.example", False),
        ("file:///etc/passwd", "127.0.0.1:2", False),
        ("https:///t", "reg.example", False),
        ("", "127.0.0.1:2", False),
    ],
)
def test_where_a_login_may_go(realm: str, host: str, trusted: bool) -> None:
    assert is_trusted(realm, host) is trusted


@pytest.mark.parametrize(
    ("content", "token"),
    [
        (b'{"token": "a.b-c_"}', "a.b-c_"),
        (b'{"access_token": "x"}', "x"),
        (b'{"token": "a\\r\\nX-Evil: 1"}', ""),
        (b'{"token": 3}', ""),
        (b"[]", ""),
        (b"<html>", ""),
        (b"[" * 100_000, ""),
    ],
)
def test_the_token_of_an_answer(content: bytes, token: str) -> None:
    assert token_in(content) == token


def test_logins_by_all_the_names_that_docker_writes() -> None:
    entries = {
        "https://reg.example/v1/": encoded("ann:a:b"),
        "other.example:5000": {"identitytoken": "t"},
        "empty.example": {},
    }
    document = {"auths": entries, "credHelpers": {"ecr.example": "ecr-login"}}
    found = logins_in(json.dumps(document).encode())
    assert found.of("reg.example") == Login("ann", "a:b")
    assert found.of("other.example:5000") == Login(identity="t")
    assert found.of("empty.example") is None
    told = "the Docker configuration leaves it to a program, which is not run"
    assert (found.missing("ecr.example"), found.missing("x.example")) == (
        told,
        "the Docker configuration has none",
    )
    assert logins_in(b'{"credsStore": "pass"}').missing("x.example") == told
    assert "a:b" not in repr(found)


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"[" * 100_000, b'"' + b"x" * (1 << 20)])
def test_a_configuration_that_is_none(content: bytes) -> None:
    assert logins_in(content) == Logins(trouble="the Docker configuration is no JSON")


def test_where_the_configuration_lies(tmp_path: Path) -> None:
    mesh, home = tmp_path / "mesh", tmp_path / "home"
    mesh.mkdir()
    environ = logged_in(home / ".docker", {"reg.example": encoded("ann:x")})
    assert read_logins(environ, mesh).of("reg.example") == Login("ann", "x")
    assert read_logins({"HOME": str(home)}, mesh).of("reg.example") == Login("ann", "x")
    assert read_logins({"HOME": str(tmp_path)}, mesh) == Logins()
    assert read_logins({}, mesh) == Logins()


def test_a_mesh_brings_no_logins(tmp_path: Path) -> None:
    mesh = tmp_path / "mesh"
    told = Logins(trouble="the Docker configuration lies in the mesh, and is not read")
    environ = logged_in(mesh / ".docker", {"reg.example": encoded("ann:x")})
    assert read_logins(environ, mesh) == told
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/config.json").symlink_to(mesh / ".docker/config.json")
    assert read_logins({"DOCKER_CONFIG": str(tmp_path / "outside")}, mesh) == told

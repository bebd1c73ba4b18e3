"""Asks a registry, and logs in where it wants that; knows no images and keeps nothing on disk."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

import httpx2

from tierline.errors import PermanentError
from tierline.facts.images import is_here
from tierline.mesh.clean import clean
from tierline.registry_login.challenge import (
    MOST_BYTES,
    Challenge,
    basic,
    challenge_in,
    is_trusted,
    token_in,
    token_request,
)
from tierline.registry_login.docker_config import Logins

CODE = "image/registry-silent"


class Asking:
    """One registry, over plain HTTP where it is on this machine. Use it as a context, in one thread.

    A token is asked for once for each repository. Errors of `httpx2` are the caller's to catch.
    """

    def __init__(self, host: str, logins: Logins, seconds: float, *, follows: bool = True) -> None:
        self._host, self._logins, self._seconds = host, logins, seconds
        scheme = "http" if is_here(host) else "https"
        self._client = httpx2.Client(
            base_url=f"{scheme}://{host}", timeout=seconds, follow_redirects=follows, trust_env=True
        )
        self._known: dict[str, str] = {}

    def __enter__(self) -> Asking:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    @contextmanager
    def stream(
        self, method: str, repository: str, below: str, accept: str
    ) -> Generator[httpx2.Response]:
        """The answer to `method` of `/v2/REPOSITORY/BELOW`. PermanentError where no login helps."""
        path, known = f"/v2/{repository}/{below}", self._known.get(repository, "")
        with self._sent(method, path, accept, known) as answer:
            challenge = self._challenge(answer)
            if challenge is None:
                yield answer
                return
        told = self._known[repository] = self._authorization(challenge, repository)
        with self._sent(method, path, accept, told) as answer:
            if answer.status_code in {401, 403}:
                raise self._refused("it refuses the login of the Docker configuration")
            yield answer

    @contextmanager
    def _sent(
        self, method: str, path: str, accept: str, authorization: str
    ) -> Generator[httpx2.Response]:
        headers = {"Accept": accept}
        if authorization:
            headers["Authorization"] = authorization
        with self._client.stream(method, path, headers=headers) as answer:
            yield answer

    def _challenge(self, answer: httpx2.Response) -> Challenge | None:
        """What the registry itself wants; whom it sent us on to gets nothing."""
        if answer.status_code != 401:
            return None
        if answer.url.netloc != self._client.base_url.netloc:
            raise self._refused("who it sends us on to wants a login")
        found = challenge_in(answer.headers.get_list("www-authenticate"))
        if found is None:
            raise self._refused("it wants a login that is neither Basic nor Bearer")
        return found

    def _authorization(self, challenge: Challenge, repository: str) -> str:
        login = self._logins.of(self._host)
        if login is not None and login.bearer:
            return f"Bearer {login.bearer}"
        if challenge.scheme == "basic":
            if login is None or not login.user:
                raise self._refused(f"it wants a login: {self._logins.missing(self._host)}")
            return basic(login)
        if not is_trusted(challenge.realm, self._host):
            raise self._refused(
                f"it sends logins to {clean(challenge.realm, 200) or 'nowhere'}, which is not https"
            )
        status, content = self._ask_realm(challenge, repository)
        token = token_in(content) if status == 200 else ""
        if token:
            return f"Bearer {token}"
        if login is None:
            raise self._refused(f"it wants a login: {self._logins.missing(self._host)}")
        raise self._refused(f"it refuses the login of the Docker configuration ({status})")

    def _ask_realm(self, challenge: Challenge, repository: str) -> tuple[int, bytes]:
        asked = token_request(challenge, self._logins.of(self._host), repository)
        with (
            httpx2.Client(timeout=self._seconds, follow_redirects=False) as client,
            client.stream(
                "POST" if asked.form else "GET",
                asked.url,
                headers=dict(asked.headers),
                data=dict(asked.form) or None,
            ) as answer,
        ):
            content = b""
            for piece in answer.iter_bytes():
                content += piece
                if len(content) > MOST_BYTES:
                    return 0, b""
            return answer.status_code, content

    def _refused(self, fact: str) -> PermanentError:
        return PermanentError(
            f"registry {self._host}: {fact}", code=CODE, fix=f"docker login {self._host}"
        )

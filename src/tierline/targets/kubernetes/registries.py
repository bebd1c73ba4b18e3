"""Asks image registries whether they still have what a digest names; pulls nothing.

Only a registry that says itself that it has it not counts as not having it.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Iterator

import httpx2

from tierline.errors import PermanentError, TemporaryError
from tierline.facts.images import INDEXES, MANIFESTS
from tierline.registry_login.asking import Asking
from tierline.registry_login.docker_config import Logins
from tierline.targets.kubernetes.objects import Object, containers_of, template_of, text_of

_SECONDS = 2.0
_AT_ONCE = 8
_PINNED = re.compile(
    r"([A-Za-z0-9.-]+(?::[0-9]+)?)/([a-z0-9._/-]+)(?::[\w.-]+)?@(sha256:[0-9a-f]{64})"
)
_ACCEPTED = ", ".join((*MANIFESTS, *INDEXES))


def images_of(objects: Iterable[Object]) -> tuple[str, ...]:
    """The images that objects run, each once."""
    return tuple(dict.fromkeys(_images(objects)))


def _images(objects: Iterable[Object]) -> Iterator[str]:
    for item in objects:
        for container in containers_of(template_of(item) or {}):
            if image := text_of(container, "image"):
                yield image


class Registries:
    """Remembers what was answered, and who did not answer, for as long as it lives."""

    def __init__(self, logins: Logins) -> None:
        self._logins = logins
        self._known: dict[str, bool] = {}
        self._silent: dict[str, str] = {}
        self._limit = asyncio.Semaphore(_AT_ONCE)

    async def have(self, images: Iterable[str]) -> bool:
        """Whether all images can still be had. TemporaryError where nobody can say, of any that
        is not known to be gone.
        """
        doubts: list[TemporaryError] = []
        for image in images:
            try:
                if not await self._has(image):
                    return False
            except TemporaryError as error:
                doubts.append(error)
        if doubts:
            raise doubts[0]
        return True

    async def _has(self, image: str) -> bool:
        pinned = _PINNED.fullmatch(image)
        if pinned is None:
            raise _doubt(image, "it names no registry and digest")
        host, name, digest = pinned.groups()
        async with self._limit:
            if host in self._silent:
                raise _doubt(image, self._silent[host])
            if image not in self._known:
                self._known[image] = await self._ask(image, host, name, digest)
        return self._known[image]

    async def _ask(self, image: str, host: str, name: str, digest: str) -> bool:
        try:
            status = await asyncio.to_thread(self._status, host, name, digest)
        except PermanentError as error:
            self._silent[host] = error.message
            raise _doubt(image, self._silent[host]) from error
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
            self._silent[host] = f"{host} does not answer ({type(error).__name__})"
            raise _doubt(image, self._silent[host]) from error
        if status in {200, 404}:
            return status == 200
        self._silent[host] = f"{host} answers {status}"
        raise _doubt(image, self._silent[host])

    def _status(self, host: str, name: str, digest: str) -> int:
        with (
            Asking(host, self._logins, _SECONDS, follows=False) as asking,
            asking.stream("HEAD", name, f"manifests/{digest}", _ACCEPTED) as answer,
        ):
            return answer.status_code


def _doubt(image: str, why: str) -> TemporaryError:
    return TemporaryError(
        f"whether image {image[:200]} can still be had is not known: {why}",
        code="former/unknown",
        fix="let the registry be reached from here, and try again",
    )

"""Whether a registry still has an image: only its own no is a no."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest

from tierline.errors import TemporaryError
from tierline.registry_login.docker_config import Logins
from tierline.targets.kubernetes.registries import Registries, images_of

HERE, GONE, SHUT = (f"sha256:{digit * 64}" for digit in "123")
STATUS = {HERE: "200 OK", GONE: "404 Not Found", SHUT: "401 Unauthorized"}


@asynccontextmanager
async def registry(asked: list[str]) -> AsyncGenerator[str]:
    """A registry on loopback with one image; `asked` gets the requests."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = (await reader.readuntil(b"\r\n\r\n")).decode().splitlines()[0]
        asked.append(line)
        digest = line.split()[1].rpartition("/")[2]
        writer.write(f"HTTP/1.1 {STATUS[digest]}\r\nConnection: close\r\n\r\n".encode())
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def said(*digests: str, twice: bool = False) -> tuple[bool | str, list[str]]:
    """What is answered of images with these digests, and what the registry was asked."""
    asked: list[str] = []
    registries = Registries(Logins())
    async with registry(asked) as host:
        images = [f"{host}/shop/one:1.0@{digest}" for digest in digests]
        try:
            found: bool | str = await registries.have(images)
            if twice:
                await registries.have(images)
        except TemporaryError as error:
            found = error.message.replace(host, "HOST")
    return found, asked


def test_what_it_has_is_asked_for_once() -> None:
    found, asked = asyncio.run(said(HERE, twice=True))
    assert (found, asked) == (True, [f"HEAD /v2/shop/one/manifests/{HERE} HTTP/1.1"])


def test_its_own_no_is_a_no_also_beside_a_doubt() -> None:
    assert asyncio.run(said(HERE, GONE))[0] is False
    assert asyncio.run(said(SHUT, GONE))[0] == asyncio.run(said(SHUT))[0]


def test_a_registry_that_asks_who_we_are_says_nothing() -> None:
    found, _ = asyncio.run(said(SHUT))
    assert isinstance(found, str)
    assert found.endswith(
        "is not known: registry HOST: it wants a login that is neither Basic nor Bearer"
    )


@pytest.mark.parametrize("image", ["shop/one:1.0", f"127.0.0.1:1/one@{HERE}"])
def test_who_does_not_answer_says_nothing(image: str) -> None:
    with pytest.raises(TemporaryError, match="is not known"):
        asyncio.run(Registries(Logins()).have([image]))


def test_the_images_of_objects_are_those_of_their_pods() -> None:
    pod = {"initContainers": [{"image": "a"}], "containers": [{"image": "b"}, {"image": "a"}]}
    deployment = {"kind": "Deployment", "spec": {"template": {"spec": pod}}}
    assert images_of([deployment, {"kind": "Service", "spec": {}}]) == ("a", "b")

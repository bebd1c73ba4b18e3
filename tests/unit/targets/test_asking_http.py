"""GETs over kept connections against a real server of a few lines; and the counting of errors."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from tierline.targets.asking.addresses import Address
from tierline.targets.asking.http import (
    LARGEST_BODY,
    Answered,
    Connection,
    NoAnswer,
    NobodyListens,
    is_safe_path,
)
from tierline.targets.asking.sampling import Sampler


@dataclass
class Tally:
    connections: int = 0
    requests: list[str] = field(default_factory=list)


@asynccontextmanager
async def serving(answer):
    """A server that gives `answer(path)` (bytes) to every GET; yields its port and a tally."""
    tally = Tally()

    async def serve(reader, writer):
        tally.connections += 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                path = head.split()[1].decode()
                tally.requests.append(path)
                writer.write(answer(path))
                await writer.drain()
                if b"close" in answer(path).lower():
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1], tally
    finally:
        server.close()


def fixed(text: bytes):
    def answer(path: str) -> bytes:
        return text

    return answer


async def get(answer, path="/", seconds=1.0):
    async with serving(answer) as (port, _):
        connection = Connection("127.0.0.1", port)
        try:
            return await connection.get(path, seconds)
        finally:
            connection.close()


OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (OK, Answered(200, b"ok")),
        (b"HTTP/1.1 204 No\r\n\r\n", Answered(204, b"")),
        (b"HTTP/1.0 410 Gone\r\nConnection: close\r\n\r\nbye", Answered(410, b"bye")),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1;x\r\nd\r\n0\r\n\r\n",
            Answered(200, b"abcd"),
        ),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + OK, Answered(200, b"ok")),
        (
            b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n",
            Answered(302, b""),
        ),
    ],
)
def test_answers_are_read(raw, expected):
    assert asyncio.run(get(fixed(raw))) == expected


@pytest.mark.parametrize(
    "raw",
    [
        b"SSH-2.0-OpenSSH\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nConnection: close\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000,
        b"",
    ],
)
def test_what_is_no_answer_says_so(raw):
    with pytest.raises(NoAnswer):
        asyncio.run(get(fixed(raw), seconds=0.2))


def test_a_long_body_is_cut():
    size = LARGEST_BODY + 10
    raw = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size + b"x" * size
    answered = asyncio.run(get(fixed(raw)))
    assert not answered.whole
    assert len(answered.body) == LARGEST_BODY


def test_nobody_and_elsewhere():
    async def closed_port():
        async with serving(fixed(OK)) as (port, _):
            pass
        await Connection("127.0.0.1", port).get("/", 1.0)

    with pytest.raises(NobodyListens):
        asyncio.run(closed_port())
    for host in ("169.254.169.254", "example.com", "10.0.0.1"):
        with pytest.raises(ValueError, match="may not be asked"):
            asyncio.run(Connection(host, 80).get("/", 1.0))


def test_paths_that_could_break_the_request_line_are_not_asked():
    assert is_safe_path("/v1/users?x=1")
    assert not any(is_safe_path(p) for p in ("", "v1", "/a b", "/a\r\nX: y", "/ü", "//" * 400))


def test_a_kept_connection_that_was_closed_is_opened_again():
    async def run():
        closing = OK.replace(b"\r\n\r\n", b"\r\nX-Close: close\r\n\r\n")
        async with serving(fixed(closing)) as (port, tally):
            connection = Connection("127.0.0.1", port)
            for _ in range(3):
                assert (await connection.get("/", 1.0)).status == 200
            connection.close()
            return tally

    assert asyncio.run(run()).connections == 3


def sample(answer, paths, numbers):
    async def run():
        sampler = Sampler()
        async with serving(answer) as (port, tally):
            for number in numbers:
                await sampler.sample("i1", Address("", "127.0.0.1", port), paths, number)
        return sampler, tally

    return asyncio.run(run())


def test_counts_add_up_over_kept_connections():
    sampler, tally = sample(fixed(OK), ["/a", "/b"], [20, 5])
    assert sampler.counted("i1") == (25, 0)
    assert len(tally.requests) == 25
    assert set(tally.requests) == {"/a", "/b"}
    assert tally.connections <= 13
    assert sampler.counted("i2") == (0, 0)


def test_server_errors_count_and_client_errors_do_not():
    def answer(path):
        return OK.replace(b"200", {"/bad": b"503", "/who": b"401"}.get(path, b"200"))

    sampler, _ = sample(answer, ["/ok", "/bad", "/who"], [9])
    assert sampler.counted("i1") == (9, 3)
    assert sampler.detail("i1") == "GET /bad: 503"


def test_cut_connections_count_as_errors():
    sampler, _ = sample(fixed(b""), ["/a"], [0])
    assert sampler.counted("i1") == (0, 0)
    sampler, _ = sample(fixed(b"HTTP/1.1 close"), ["/a"], [4])
    assert sampler.counted("i1") == (4, 4)

"""Whether infrastructure accepts connections, and what is never tried."""

import asyncio
import socket

from tierline.targets.asking.addresses import Address
from tierline.targets.local.infrastructure import Infrastructure


def remark(**wanted):
    async def run():
        infrastructure = Infrastructure()
        await infrastructure.look("M01", {key: (address,) for key, address in wanted.items()})
        return infrastructure.remark("M01")

    return asyncio.run(run())


def test_what_accepts_is_not_mentioned_and_what_refuses_is():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert remark(redis_url=Address("redis", "127.0.0.1", port)) == ""
    said = remark(redis_url=Address("redis", "localhost", port))
    assert said in {
        f"redis_url: 127.0.0.1:{port} refuses connections",
        f"redis_url: ::1:{port} refuses connections",
    }


def test_metadata_services_and_groups_are_not_connected_to():
    for host in ("169.254.169.254", "fe80::1", "224.0.0.1", "0.0.0.0"):
        assert remark(x_url=Address("", host, 80)) == ""


def test_a_name_that_cannot_be_one_is_said():
    assert remark(x_url=Address("", "x" * 70, 80)).startswith("x_url: no address is known")

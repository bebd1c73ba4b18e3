"""What is known of services outside the mesh: probes are really asked, attestations end."""

from __future__ import annotations

import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import urlsplit

import pytest

from tierline.evidence.externals import vouched_for
from tierline.facts.evidence import Answer
from tierline.facts.externals import External
from tierline.policy.model import Voucher

NOW = 1_800_000_000.0


class _Told(BaseHTTPRequestHandler):
    """Answers with the status that the path asks for."""

    def do_GET(self) -> None:
        """`/204` is answered with 204."""
        status = int(urlsplit(self.path).path.strip("/"))
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/200")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
        """Be quiet."""


@contextmanager
def served() -> Generator[str]:
    """The address of such a server."""
    with HTTPServer(("127.0.0.1", 0), _Told) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()


def closed_port() -> int:
    """One at which nobody listens."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        return holder.getsockname()[1]


def test_a_probe_is_asked() -> None:
    with served() as host:
        vouchers = {
            "M31": Voucher(f"http://{host}/200?token=secret"),
            "M32-Tax": Voucher(f"http://{host}/503"),
            "M33-Moved": Voucher(f"http://{host}/302"),
            "M34-Open": Voucher(f"tcp://{host}"),
            "M99-Unneeded": Voucher("http://never.invalid/"),
        }
        names = ["M31-Archive", "M32-Tax", "M33-Moved", "M34-Open", "M35-Unsaid"]
        assert vouched_for(names, vouchers, NOW) == {
            "M31-Archive": External(Answer.OK, f"GET http://{host}/200 answers 200"),
            "M32-Tax": External(Answer.FAILED, f"GET http://{host}/503 answers 503"),
            "M33-Moved": External(Answer.FAILED, f"GET http://{host}/302 answers 302"),
            "M34-Open": External(Answer.OK, f"tcp://{host} accepts connections"),
        }


def test_silence_is_no_answer() -> None:
    port = closed_port()
    vouchers = {
        "A": Voucher(f"http://127.0.0.1:{port}/"),
        "B": Voucher(f"tcp://127.0.0.1:{port}"),
    }
    told = vouched_for(["A", "B"], vouchers, NOW)
    assert {one.answer for one in told.values()} == {Answer.NOBODY}
    assert "refused" in told["B"].detail


def test_an_attestation_holds_until_it_ends() -> None:
    vouchers = {"A": Voucher("", "Ada", "has its own watch", NOW + 60)}
    before = External(Answer.OK, "attested by Ada until 2027-01-15 08:01 UTC")
    after = External(Answer.UNKNOWN, "the attestation of Ada ended 2027-01-15 08:01 UTC")
    assert vouched_for(["A"], vouchers, NOW) == {"A": before}
    assert vouched_for(["A"], vouchers, NOW + 60) == {"A": after}


def test_a_proxy_answers_for_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not in clear text: it may have kept an answer, or have a page of its own for who is down."""
    with served() as host:
        monkeypatch.setenv("HTTP_PROXY", f"http://{host}")
        probe = f"http://127.0.0.1:{closed_port()}/200"
        found = vouched_for(["M31-Archive"], {"M31": Voucher(probe)}, NOW)
    assert found["M31-Archive"].answer is Answer.NOBODY

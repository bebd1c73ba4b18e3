"""Each source against a server that answers as its API says, and as it should not."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import yaml

from tierline.evidence.signals import server as server_module
from tierline.evidence.signals.model import Heard, Question, Unanswered, Wanted
from tierline.evidence.signals.table import SOURCES, open_source
from tierline.facts.evidence import SignalKind
from tierline.policy.model import SignalSource

CASES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parents[2] / "cases" / "signal_sources.yaml").read_text()
)
SIGNALS = {"prometheus": SignalKind.METRICS, "loki": SignalKind.LOGS}


class Answering(ThreadingHTTPServer):
    """Gives every request the same answer, and remembers who asked for what."""

    daemon_threads = True

    def __init__(self, case: dict[str, Any]) -> None:
        self.case = case
        self.asked: list[tuple[str, dict[str, str], dict[str, str]]] = []
        super().__init__(("127.0.0.1", 0), Answer)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Answer(BaseHTTPRequestHandler):
    server: Answering  # pyright: ignore[reportIncompatibleVariableOverride]

    def do_GET(self) -> None:
        case, parts = self.server.case, urlsplit(self.path)
        self.server.asked.append((parts.path, dict(parse_qsl(parts.query)), dict(self.headers)))
        text, times = case.get("repeat") or (case.get("body", ""), 1)
        self.send_response_only(case.get("status", 200))
        if date := case.get("date"):
            self.send_header("Date", date)
        self.send_header("Location", "http://127.0.0.1:1/")
        self.end_headers()
        self.wfile.write(text.encode() * times)

    def log_message(self, *args: object) -> None:  # pyright: ignore[reportIncompatibleMethodOverride] - which words does not matter
        """Quiet."""


@contextmanager
def answering(case: dict[str, Any]) -> Generator[Answering]:
    with Answering(case) as served:
        thread = threading.Thread(target=served.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield served
        served.shutdown()


def of(case: dict[str, Any], url: str, tenant: str = "", token_file: str = "") -> SignalSource:
    kind = case["kind"]
    return SignalSource(
        SIGNALS.get(kind, SignalKind.TRACES),
        kind,
        url,
        case.get("labels", {}),
        "target_info",
        case.get("match", ""),
        tenant,
        token_file,
    )


def ask(source: SignalSource, *wanted: Wanted, times: int = 1) -> tuple[Heard, ...]:
    async def asked() -> tuple[Heard, ...]:
        opened = open_source(source)
        try:
            for _ in range(times - 1):
                await opened.ask(Question(wanted, 60.0))
            return await opened.ask(Question(wanted, 60.0))
        finally:
            await opened.close()

    return asyncio.run(asked())


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_an_answer_is_heard_or_the_reason_told(case: dict[str, Any]) -> None:
    wanted = [Wanted(*one) for one in case.get("wanted", [["M01-Accounts", "api-1"]])]
    with answering(case) as served:
        if "unanswered" in case:
            with pytest.raises(Unanswered) as told:
                ask(of(case, served.url), *wanted)
            assert str(told.value).startswith(f"{case['kind']} at {served.url}: ")
            assert case["unanswered"] in str(told.value)
        else:
            heard = ask(of(case, served.url), *wanted)
            assert [list(vars_of(one)) for one in heard] == case["heard"]
        path, query, _ = served.asked[0]
        assert path == case.get("path", path)
        assert query == case.get("asks", query)


def vars_of(heard: Heard) -> tuple[object, ...]:
    return (
        heard.service_id,
        heard.revision,
        heard.instance,
        heard.count,
        heard.newest,
        heard.age,
    )


def test_every_source_has_a_case_that_is_heard() -> None:
    heard = {case["kind"] for case in CASES if case.get("heard")}
    assert heard == SOURCES.keys()


def test_nobody_listens() -> None:
    with answering(CASES[0]) as served:
        url = served.url
    served.server_close()
    with pytest.raises(Unanswered, match=r"^prometheus at http://127.0.0.1:\d+: "):
        ask(of(CASES[0], url))


def test_an_answer_that_does_not_come_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_module, "SECONDS", 0.05)
    silent = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    with silent, pytest.raises(Unanswered, match=r"no answer within 0.05 s"):
        ask(of(CASES[0], f"http://127.0.0.1:{silent.server_port}"))


def test_a_token_and_a_tenant_go_along(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("secret\n")
    with answering(CASES[2]) as served:
        ask(of(CASES[2], served.url, tenant="shop", token_file=str(tmp_path / "token")))
    (_, _, headers) = served.asked[0]
    assert headers["Authorization"] == "Bearer secret"
    assert headers["X-Scope-OrgID"] == "shop"


@pytest.mark.parametrize("content", [None, b"", b"two\nlines", b"\xff", b"x" * 20_000])
def test_a_token_that_is_none_is_never_sent(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "token"
    if content is not None:
        file.write_bytes(content)
    with answering(CASES[2]) as served, pytest.raises(Unanswered, match="token"):
        ask(of(CASES[2], served.url, token_file=str(file)))
    assert served.asked == []


@pytest.mark.parametrize(("kind", "unit"), [("tempo", 1), ("jaeger", 1_000_000)])
def test_how_far_back_follows_from_the_server_s_own_time(kind: str, unit: int) -> None:
    body = '{"traces": [], "data": []}'
    case = {"kind": kind, "date": "Thu, 01 Jan 1970 00:16:40 GMT", "body": body}
    with answering(case) as served:
        ask(of(case, served.url), Wanted("M01-Accounts", "api-1"), times=2)
    (_, first, _), (_, second, _) = served.asked
    assert "start" not in first
    assert (second["start"], second["end"]) == (str(940 * unit), str(1060 * unit))

"""Services of the demo mesh, started by hand: they serve, ask their owners, tell, and end."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from started_by_hand import Field, Receiver, Running, field_of, receiver
from tierline.scaffold.breaks import break_service
from tierline.scaffold.demo import write_demo

pytestmark = pytest.mark.required("git")

AUTH = "core-platform/M01-authentication-service"
PROFILE = "core-platform/M02-profile-service"
BUS = "platform-ops/M10-event-bus-service"
SETTINGS = "platform-ops/M11-settings-registry-service"
ALERTS = "platform-ops/M12-alert-center-service"


@pytest.fixture
def demo(tmp_path: Path) -> Path:
    write_demo(tmp_path / "demo")
    return tmp_path / "demo"


@pytest.fixture
def otlp() -> Iterator[Receiver]:
    with receiver() as made:
        yield made


@pytest.fixture
def field(tmp_path: Path, otlp: Receiver) -> Iterator[Field]:
    with field_of(tmp_path, otlp.address) as made:
        yield made


def start(field: Field, demo: Path, service: str, workload: str = "api", **told: str) -> Running:
    home = demo / "mesh/services" / service
    argv = [sys.executable, str(home / f"cmd/{workload}/main.py")]
    variables = {"CUSTOMER_ARCHIVE_URL": "http://127.0.0.1:9"}
    return field.start(argv, home, workload, {**variables, **told})


def at(running: Running) -> str:
    return f"127.0.0.1:{running.port}"


def test_services_work_together(demo: Path, field: Field, otlp: Receiver) -> None:
    bus, settings = start(field, demo, BUS), start(field, demo, SETTINGS)
    told = {"EVENT_BUS_URL": at(bus), "SETTINGS_HTTP_URL": at(settings)}
    auth = start(field, demo, AUTH, **told)
    profile = start(field, demo, PROFILE, AUTH_GRPC_URL=at(auth), **told)
    assert [one.wait() for one in (bus, settings, auth, profile)] == [200] * 4
    ready = {"status": "ok", "owners": {"M01-Authentication-Service": True}}
    assert profile.call("GET", "/readyz") == (200, ready)

    person = {"user": "ada", "password": "secret"}
    assert auth.call("POST", "/users", person)[0] == 201
    assert auth.call("POST", "/sessions", {**person, "password": "guess"})[0] == 401
    status, session = auth.call("POST", "/sessions", person)
    assert (status, session["seconds"]) == (201, 3600)
    change = {"display_name": "Ada", "country": "UK", "interests": ["music"]}
    assert profile.call("PUT", "/profiles/ada", change, "no token")[0] == 403
    assert profile.call("PUT", "/profiles/ada", change, session["token"])[0] == 200
    known = {"user": "ada", **change, "archived": "unknown"}
    assert profile.call("GET", "/profiles/ada") == (200, known)
    assert profile.call("PUT", "/profiles/ada", {}, session["token"])[0] == 400

    _, page = bus.call("GET", "/events?types=user.profile_updated&wait_ms=1000")
    assert [event["producer"] for event in page["events"]] == ["M02-Profile-Service"]
    for kind in ("logs", "metrics", "traces"):
        assert otlp.wait("M02-Profile-Service", kind) == {
            "service.name": "M02-Profile-Service",
            "service.version": "rev 1",
            "service.instance.id": "api",
        }
    marks = (profile.data / "starts.log").read_text().splitlines()
    assert [line.split()[1:] for line in marks] == [
        ["M02-Profile-Service", "api", f"pid={profile.process.pid}"]
    ]
    assert f"started M02-Profile-Service api pid={profile.process.pid}" in (
        profile.output.read_text()
    )
    assert field.stop() == [0, 0, 0, 0]


def test_a_worker_handles_events_once(demo: Path, field: Field) -> None:
    bus = start(field, demo, BUS)
    bus.wait()
    scored = {
        "event_id": "e1",
        "event_type": "risk.scored",
        "producer": "M13-Risk-Scoring-Service",
        "payload": {"user": "ada", "account": "shop", "score": 90},
    }
    bus.call("POST", "/events", scored)
    told = {"EVENT_BUS_URL": at(bus), "AUTH_GRPC_URL": "127.0.0.1:9"}
    for _ in range(2):
        worker = start(field, demo, ALERTS, "worker", **told)
        assert worker.wait() == 200
        wait_for(worker.data / "worker.position", "1")
        worker.process.terminate()
        assert worker.process.wait(timeout=5) == 0
    api = start(field, demo, ALERTS, **told)
    api.wait()
    alert = {"alert_id": "e1", "reason": "ada has the risk score 90", "by": ""}
    assert api.call("GET", "/alerts") == (200, {"alerts": [alert]})
    away = {"M01-Authentication-Service": False, "M10-Event-Bus-Service": True}
    assert api.call("GET", "/readyz") == (503, {"status": "unavailable", "owners": away})


def wait_for(file: Path, content: str, seconds: float = 10) -> None:
    until = time.monotonic() + seconds
    while not file.exists() or file.read_text() != content:
        assert time.monotonic() < until, f"{file} never held {content!r}"
        time.sleep(0.02)


def test_requests_are_answered_while_the_receiver_is_away(demo: Path, tmp_path: Path) -> None:
    with field_of(tmp_path, "http://127.0.0.1:9") as field:
        bus = start(field, demo, BUS)
        bus.wait()
        began = time.monotonic()
        assert [bus.call("GET", "/topics")[0] for _ in range(50)] == [200] * 50
        assert time.monotonic() - began < 5
        assert field.stop() == [0]


def test_a_taken_port_is_said(demo: Path, field: Field) -> None:
    first = start(field, demo, BUS)
    first.wait()
    second = start(field, demo, SETTINGS, HTTP_PORT=str(first.port))
    assert second.process.wait(timeout=10) == 1
    assert f"cannot listen on 127.0.0.1:{first.port} (http)" in second.output.read_text()


@pytest.mark.parametrize(
    ("mode", "code", "said"),
    [
        ("build", 1, "SyntaxError"),
        ("boot", 1, "RuntimeError: cannot start: the data folder has schema 7"),
        ("config", 1, "runtime.request_timeout_ms is 'soon', not a whole number"),
        ("exit", 0, "M02-Profile-Service: to be implemented"),
    ],
)
def test_a_break_that_ends_the_service(
    demo: Path, field: Field, mode: str, code: int, said: str
) -> None:
    break_service(demo, "M02", mode)
    broken = start(field, demo, PROFILE)
    assert broken.process.wait(timeout=10) == code
    assert said in broken.output.read_text()


def test_breaks_of_health_and_dependency(demo: Path, field: Field) -> None:
    settings = start(field, demo, SETTINGS)
    settings.wait()
    break_service(demo, "M02", "health")
    broken = start(field, demo, PROFILE)
    assert broken.wait() == 500
    break_service(demo, "M01", "dependency")
    cut = start(field, demo, AUTH, SETTINGS_HTTP_URL=at(settings))
    assert cut.wait() == 200
    away = {"M11-Settings-Registry-Service": False}
    assert cut.call("GET", "/readyz") == (503, {"status": "unavailable", "owners": away})


def test_a_flapping_service_answers_differently_every_time(demo: Path, field: Field) -> None:
    break_service(demo, "M11", "flap")
    flapping = start(field, demo, SETTINGS)
    flapping.wait()
    answers = [flapping.call("GET", "/healthz")[0] for _ in range(6)]
    assert sorted(answers) == [200] * 3 + [503] * 3
    assert all(one != other for one, other in pairwise(answers))


@pytest.mark.parametrize("mode", ["port", "slow"])
def test_a_service_that_does_not_listen_where_it_was_told(
    demo: Path, field: Field, mode: str
) -> None:
    break_service(demo, "M11", mode)
    broken = start(field, demo, SETTINGS)
    if mode == "port":
        wait_for_text(broken.output, "started M11-Settings-Registry-Service")
    with pytest.raises(OSError, match="refused"):
        broken.call("GET", "/healthz")
    assert broken.process.poll() is None
    broken.process.terminate()
    assert broken.process.wait(timeout=5) == (0 if mode == "port" else -15)


def wait_for_text(file: Path, text: str, seconds: float = 10) -> None:
    until = time.monotonic() + seconds
    while text not in file.read_text():
        assert time.monotonic() < until, file.read_text()
        time.sleep(0.02)


def test_a_service_without_telemetry_serves_and_tells_nothing(
    demo: Path, field: Field, otlp: Receiver
) -> None:
    break_service(demo, "M11", "telemetry")
    silent, telling = start(field, demo, SETTINGS), start(field, demo, BUS)
    assert (silent.wait(), telling.wait()) == (200, 200)
    for kind in ("logs", "metrics", "traces"):
        otlp.wait("M10-Event-Bus-Service", kind)
    assert field.stop() == [0, 0]
    assert {name for name, _ in otlp.got} == {"M10-Event-Bus-Service"}

"""What the engine shows of containers, read as instances."""

from __future__ import annotations

from typing import Any

import pytest

from tierline.facts.observation import Phase
from tierline.targets.compose.engine import frames
from tierline.targets.compose.model import Part
from tierline.targets.compose.seeing import container_of, instant, seen_of

LABELS = {
    "com.docker.compose.service": "orders",
    "dev.tierline.service": "M01-Orders",
    "dev.tierline.workload": "api",
    "dev.tierline.revision": "rev",
    "dev.tierline.image": "sha256:one",
    "dev.tierline.key": "r1/M01-Orders/apply/1",
    "dev.tierline.fence": "7",
    "dev.tierline.sender": "r1_M01-Orders_apply_1.api",
}


def shown(**changed: Any) -> dict[str, Any]:
    """A running container, as `inspect` shows it."""
    state = {"Status": "running", "StartedAt": "2026-01-02T03:04:05.123456789Z", "Pid": 42}
    return {
        "Id": "c0ffee" * 4,
        "Image": "sha256:one",
        "RestartCount": 0,
        "Config": {"Labels": LABELS},
        "NetworkSettings": {
            "Networks": {"shop_mesh": {"IPAddress": "10.1.0.2", "Aliases": ["orders"]}}
        },
        **changed,
        "State": {**state, **changed.get("State", {})},
    }


def test_a_container_is_an_instance_of_its_start() -> None:
    found = container_of(shown(), {})
    assert found is not None
    assert found.instance.id == "c0ffeec0ffee-20260102T030405.123456789"
    assert (found.instance.phase, found.instance.revision) == (Phase.RUNNING, "rev")
    assert (found.fence, found.pid, found.addresses) == (7, 42, {"shop_mesh": "10.1.0.2"})
    again = container_of(shown(State={"StartedAt": "2026-01-02T03:04:06.000000001Z"}), {})
    assert again is not None
    assert again.instance.id != found.instance.id


def test_another_image_than_was_started_has_no_revision() -> None:
    found = container_of(shown(Image="sha256:other"), {})
    assert found is not None
    assert found.instance.revision == ""


@pytest.mark.parametrize(
    ("state", "phase", "code", "reason"),
    [
        ({"Status": "created"}, Phase.STARTING, None, ""),
        ({"Status": "exited", "ExitCode": 3}, Phase.EXITED, 3, ""),
        (
            {"Status": "exited", "ExitCode": 137, "OOMKilled": True},
            Phase.EXITED,
            137,
            "out of memory",
        ),
        ({"Status": "restarting", "ExitCode": 1}, Phase.EXITED, 1, ""),
        (
            {"Status": "exited", "ExitCode": 127, "Error": "no such file"},
            Phase.EXITED,
            127,
            "no such file",
        ),
    ],
)
def test_states(state: dict[str, Any], phase: Phase, code: int | None, reason: str) -> None:
    found = container_of(shown(State=state), {})
    assert found is not None
    assert (found.instance.phase, found.instance.exit_code) == (phase, code)
    assert found.instance.reason == reason


def test_a_health_check_that_fails_says_so() -> None:
    health = {"Status": "unhealthy", "Log": [{"Output": "first\n"}, {"Output": "\nHTTP 500\n"}]}
    found = container_of(shown(State={"Health": health}), {})
    assert found is not None
    assert found.unwell == "its health check fails: HTTP 500"


def test_who_was_started_by_somebody_else_is_known_by_its_name_and_has_no_revision() -> None:
    plain = {"Labels": {"com.docker.compose.service": "orders"}}
    found = container_of(shown(Config=plain), {"orders": Part("orders", "M01-Orders", "api")})
    assert found is not None
    assert (found.service_id, found.instance.workload) == ("M01-Orders", "api")
    assert (found.instance.revision, found.instance.key) == ("", "")
    assert container_of(shown(Config=plain), {}) is None


def test_a_service_has_the_key_of_its_newest_container_or_of_what_was_done_since() -> None:
    found = container_of(shown(), {})
    assert found is not None
    assert seen_of("M01-Orders", [found], ("", 0), True, 1.0).last_key == "r1/M01-Orders/apply/1"
    after = seen_of("M01-Orders", [], ("r2/M01-Orders/stop/1", 8), True, 1.0)
    assert (after.last_key, after.fence, after.instances) == ("r2/M01-Orders/stop/1", 8, ())


def test_instants() -> None:
    assert instant("0001-01-01T00:00:00Z") == 0.0
    assert instant("1970-01-01T00:00:01.5Z") == 1.5
    assert instant("1970-01-01T00:00:01.123456789Z") == pytest.approx(1.123456)
    assert instant("soon") == 0.0


def test_output_is_taken_out_of_its_frames() -> None:
    framed = b"\x01\0\0\0\0\0\0\x03one" + b"\x02\0\0\0\0\0\0\x03two"
    assert frames(framed) == [b"one", b"two"]
    assert frames(b"a terminal's") == [b"a terminal's"]
    assert frames(b"") == []

"""The newest value to every reader; files that are old or new; names; environments."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tierline.supervisor.environment import environment
from tierline.supervisor.feed import Feed
from tierline.supervisor.layout import is_key, is_name, launch_id
from tierline.supervisor.record import ServiceState
from tierline.targets.host import files
from tierline.targets.local.messages import Launch, Workload


def test_a_reader_gets_what_is_known_then_the_newest_of_each_subject() -> None:
    async def scenario() -> None:
        feed: Feed[int] = Feed()
        feed.publish("a", 1)
        reader = feed.open()
        assert reader.drain() == (1,)
        for subject, value in (("a", 1), ("b", 2), ("a", 3), ("b", 4)):
            feed.publish(subject, value)
        assert await reader.take() == (3, 4)
        waiting = asyncio.create_task(reader.take())
        await asyncio.sleep(0)
        assert not waiting.done()
        feed.publish("b", 5)
        assert await waiting == (5,)
        feed.close(reader)
        feed.publish("b", 6)
        assert reader.drain() == ()

    asyncio.run(scenario())


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    assert files.read_json(path) is None
    files.replace_json(path, {"a": 1})
    assert files.read_json(path) == {"a": 1}
    assert path.stat().st_mode & 0o777 == 0o600
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError, match="directory"):
        files.replace_json(tmp_path / "folder", {})
    assert sorted(p.name for p in tmp_path.iterdir()) == ["folder", "x.json"]


def test_a_lock_has_one_holder(tmp_path: Path) -> None:
    first = files.lock(tmp_path / "lock")
    assert first is not None
    assert files.lock(tmp_path / "lock") is None
    files.os.close(first)
    second = files.lock(tmp_path / "lock")
    assert second is not None
    files.os.close(second)


def test_a_lock_is_not_taken_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "lock").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="symbolic"):
        files.lock(tmp_path / "lock")


@pytest.mark.parametrize("bad", ["", ".", "..", ".x", "-x", "a/b", "a b", "a\n", "ü", "x" * 65])
def test_what_cannot_name_a_file_is_no_name(bad: str) -> None:
    assert not is_name(bad)
    assert bad in ("a/b", "x" * 65) or not is_key(bad)


def test_names_and_keys() -> None:
    assert is_name("M01_auth-api.v2")
    assert is_key("20250101-abc/M01/apply/1")
    assert launch_id("r/M01/apply/1", "api") == "r_M01_apply_1.api"


def test_a_state_remembers_its_keys() -> None:
    state = ServiceState("M01").begin("k1").accept("k1", 3, "r").accept("k2", 4, "r2")
    assert (state.key, state.fence, state.revision, state.begun) == ("k2", 4, "r2", "")
    assert state.accepted == ("k1", "k2")
    for number in range(300):
        state = state.accept(str(number), 4, "r")
    assert (len(state.accepted), state.accepted[-1]) == (200, "299")


def test_the_environment_of_a_workload() -> None:
    workload = Workload(
        "api", ("x",), "/", {"A": "1", "DATA_DIR": "/no", "OTEL_SERVICE_NAME": "no", "PATH": "/bin"}
    )
    launch = Launch("M01", "a,b=c%", "k/1", 1, (workload,))
    found = environment({"HOME": "/h", "TOKEN": "s"}, launch, workload, "http://x", Path("/d"))
    assert found["OTEL_RESOURCE_ATTRIBUTES"] == (
        "service.name=M01,service.version=a%2Cb%3Dc%25,service.instance.id=k_1.api"
    )
    assert (found["A"], found["DATA_DIR"], found["HOME"], found["PATH"]) == (
        "1",
        "/d",
        "/h",
        "/bin",
    )
    assert (found["OTEL_SERVICE_NAME"], "TOKEN" in found) == ("M01", False)
    assert "OTEL_EXPORTER_OTLP_ENDPOINT" not in environment({}, launch, workload, "", Path("/d"))

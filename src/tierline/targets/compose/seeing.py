"""Reads what the engine shows of containers as instances of services; asks nobody."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from typing import Any

from tierline.facts.instant import Instant
from tierline.facts.observation import Instance, Phase, Seen
from tierline.frozen import frozen
from tierline.targets.compose.model import (
    COMPOSE_SERVICE,
    FENCE,
    IMAGE,
    KEY,
    REVISION,
    SENDER,
    SERVICE,
    WORKLOAD,
    Part,
)

_PHASES = {"created": Phase.STARTING, "running": Phase.RUNNING, "paused": Phase.RUNNING}
"""every other state is one in which nothing of it runs"""
_FRACTION = re.compile(r"(\.\d{6})\d*")


@frozen
class Container:
    """A container of one of our services. `instance.id` changes with every start of it.

    `addresses` are its own, by network; `aliases` the names by which others find it there. `sender`
    is how its telemetry names it. `unwell` is what the engine's own health check said last, "" while
    it passes or there is none. `test` is that check.
    """

    id: str
    service_id: str
    instance: Instance
    pid: int
    addresses: Mapping[str, str]
    aliases: Mapping[str, tuple[str, ...]]
    sender: str = ""
    fence: int = 0
    unwell: str = ""
    checked: str = ""
    """the state of that check: starting, healthy, unhealthy; "" for none"""
    test: tuple[str, ...] = ()
    part: str = ""
    """what Compose calls it"""

    @property
    def live(self) -> bool:
        """Whether it runs or is about to."""
        return self.instance.phase is not Phase.EXITED


def container_of(shown: Mapping[str, Any], parts: Mapping[str, Part]) -> Container | None:
    """A container of ours; None for infrastructure. `parts` name those started by somebody else."""
    labels: Mapping[str, str] = shown["Config"].get("Labels") or {}
    part = parts.get(labels.get(COMPOSE_SERVICE, ""))
    service_id = labels.get(SERVICE) or (part.service_id if part else "")
    workload = labels.get(WORKLOAD) or (part.workload if part else "")
    if not service_id or not workload:
        return None
    networks: Mapping[str, Any] = shown["NetworkSettings"].get("Networks") or {}
    health: Mapping[str, Any] = shown["State"].get("Health") or {}
    check: Mapping[str, Any] = shown["Config"].get("Healthcheck") or {}
    fence = labels.get(FENCE, "")
    return Container(
        id=shown["Id"],
        service_id=service_id,
        instance=_instance(shown, labels, workload),
        pid=int(shown["State"].get("Pid") or 0),
        addresses={
            name: one["IPAddress"] for name, one in networks.items() if one.get("IPAddress")
        },
        aliases={name: tuple(one.get("Aliases") or ()) for name, one in networks.items()},
        sender=labels.get(SENDER, ""),
        fence=int(fence) if fence.isdigit() else 0,
        unwell=_last_failure(health) if health.get("Status") == "unhealthy" else "",
        checked=str(health.get("Status") or "").replace("none", ""),
        test=tuple(check.get("Test") or ()),
        part=labels.get(COMPOSE_SERVICE, ""),
    )


def seen_of(
    service_id: str,
    containers: Iterable[Container],
    keyed: tuple[str, int],
    settled: bool,
    at: Instant,
) -> Seen:
    """All there is of a service. `keyed`: key and fence of the last effect that was accepted."""
    own = [one for one in containers if one.service_id == service_id]
    instances = sorted((one.instance for one in own), key=lambda i: (i.workload, i.started_at))
    newest = max(own, key=lambda one: one.instance.started_at, default=None)
    key, fence = keyed
    if newest is not None and newest.instance.key and newest.fence >= fence:
        key, fence = newest.instance.key, newest.fence
    return Seen(service_id, tuple(instances), key, fence, settled, at)


def instant(text: str) -> Instant:
    """RFC 3339 with nanoseconds; 0 for the engine's way to say never."""
    if not text or text.startswith("0001-"):
        return 0.0
    try:
        return dt.datetime.fromisoformat(_FRACTION.sub(r"\1", text)).timestamp()
    except ValueError:
        return 0.0


def _instance(shown: Mapping[str, Any], labels: Mapping[str, str], workload: str) -> Instance:
    state = shown["State"]
    phase = _PHASES.get(state["Status"], Phase.EXITED)
    started = str(state.get("StartedAt") or "")
    ours = labels.get(IMAGE, "") == shown["Image"]
    return Instance(
        id=f"{shown['Id'][:12]}-{_digits(started)}",
        workload=workload,
        revision=labels.get(REVISION, "") if ours else "",
        phase=phase,
        exit_code=int(state["ExitCode"]) if phase is Phase.EXITED else None,
        reason=_reason(state, phase),
        restarts=int(shown.get("RestartCount") or 0),
        key=labels.get(KEY, ""),
        started_at=instant(started),
        sender=labels.get(SENDER, ""),
    )


def _digits(started: str) -> str:
    """`20260102T030405.123456789`: a start is told from another by its nanoseconds."""
    return re.sub(r"[^0-9T.]", "", started)[:26] or "never"


def _reason(state: Mapping[str, Any], phase: Phase) -> str:
    if phase is not Phase.EXITED:
        return str(state.get("Error") or "")
    if state.get("OOMKilled"):
        return "out of memory"
    return str(state.get("Error") or "")


def _last_failure(health: Mapping[str, Any]) -> str:
    logs: list[dict[str, Any]] = health.get("Log") or []
    output = str(logs[-1].get("Output") or "").strip() if logs else ""
    last = output.splitlines()[-1:] or ["it says nothing"]
    return f"its health check fails: {last[0][:200]}"

"""The bridge of an engine, with a range of addresses that no other bed has."""

from __future__ import annotations

import contextlib
import subprocess
from pathlib import Path

from beds.failure import BedError

PREFIX = "tierline"
_RANGES = range(224, 248)
_FILTERED = Path("/proc/sys/net/bridge/bridge-nf-call-iptables")


def make() -> str:
    """A bridge of our own: that nobody else could make it is what claims its range."""
    taken = _ip("-o", "-4", "addr").stdout
    for number in _RANGES:
        bridge = f"{PREFIX}{number}"
        if f" 10.{number}." in taken or _ip("link", "add", bridge, "type", "bridge").returncode:
            continue
        _ip("addr", "add", f"10.{number}.0.1/24", "dev", bridge)
        _ip("link", "set", bridge, "up")
        if _FILTERED.exists() and _FILTERED.read_text().strip() == "1":
            _forward("-I", bridge)
        return bridge
    raise BedError("no range of addresses is free for a Docker engine")


def pool(bridge: str) -> str:
    """The range that the engine's networks are cut from, as dockerd takes it."""
    return f"base=10.{bridge.removeprefix(PREFIX)}.128.0/17,size=24"


def remove(bridge: str) -> None:
    """Take the bridge away, and those of networks that the engine left in its range."""
    _forward("-D", bridge)
    _ip("link", "delete", bridge)
    inside = f" 10.{bridge.removeprefix(PREFIX)}."
    for line in _ip("-o", "-4", "addr").stdout.splitlines():
        if inside in line and line.split()[1].startswith("br-"):
            _ip("link", "delete", line.split()[1])


def _forward(what: str, bridge: str) -> None:
    """Where the host's filter sees frames of bridges, too, they pass it between our containers."""
    subnet = f"10.{bridge.removeprefix(PREFIX)}.0.0/16"
    words = ["iptables", what, "FORWARD", "-s", subnet, "-d", subnet, "-j", "ACCEPT"]
    with contextlib.suppress(FileNotFoundError):
        subprocess.run(words, capture_output=True, check=False)


def _ip(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["ip", *words], capture_output=True, text=True, check=False)

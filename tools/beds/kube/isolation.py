"""A network and mounts of a bed's own, joined to this machine by one pair of addresses; needs root.

What a node sets up - bridges, iptables rules, network namespaces of pods, mounts of images - lives
in there, so it is gone when the bed's last process is: no crash can leave any of it behind, and
nodes do not meet. There is no route out: pods reach this machine's end of the pair, and no further.
"""

from __future__ import annotations

import ipaddress
import json
import subprocess
from pathlib import Path

from beds import processes
from beds.failure import BedError
from beds.kube.control_plane import PODS, SERVICES, Seat

LINK = "tierbed"
"""links of beds are named so, with a number"""
_LINKS = range(1, 250)
_PRIVATE = ("/run", "/var/lib")
"""folders that a node's programs write to by fixed names: each bed has empty ones of its own"""
_SET_UP = f"""
set -e
for folder in {" ".join(_PRIVATE)}; do mount -t tmpfs -o mode=755 tmpfs $folder; done
mkdir -p /run/netns /var/lib/kubelet /var/lib/cni
ip link set lo up
ip link set "$1" name uplink
ip address add "$2" dev uplink
ip link set uplink up
ip route add {SERVICES} via "$3"
echo 1 > /proc/sys/net/ipv4/ip_forward
iptables -t nat -A POSTROUTING -s {PODS} -o uplink -j MASQUERADE
"""


def isolate(bed: Path, holder: Path) -> Seat:
    """Make a place with its own network and mounts, which lasts as long as its processes.

    `holder` is a program that does nothing: the first process there, whose pid names the place.
    """
    for private in _PRIVATE:
        if bed.resolve().is_relative_to(private):
            raise BedError(
                f"{bed}: beds may not be below {private}; set TIERLINE_BEDS to elsewhere"
            )
    number = _claim_link(bed)
    near, far = addresses(number)
    part = processes.start(bed, "holder", ["unshare", "--net", "--mount", holder])
    processes.wait_until(bed, lambda: _runs(part.pid, holder), "a network of its own", 10)
    link = f"{LINK}{number}"
    _run("ip", "link", "set", f"{link}b", "netns", str(part.pid))
    _run("ip", "address", "add", f"{near}/30", "dev", link)
    _run("ip", "link", "set", link, "up")
    within = ("nsenter", f"--target={part.pid}", "--net", "--mount", "--")
    _run(*within, "sh", "-c", _SET_UP, "sh", f"{link}b", f"{far}/30", near)
    return Seat(far, within, holder=part.pid, outside=near)


def remove_link(bed: Path) -> None:
    """Remove the bed's pair of addresses, which may be gone with the bed's processes already."""
    file = bed / "link"
    if file.exists():
        subprocess.run(["ip", "link", "del", file.read_text()], capture_output=True, check=False)


def addresses(number: int) -> tuple[str, str]:
    """This machine's end of a pair and the bed's."""
    return f"10.199.{number}.1", f"10.199.{number}.2"


def _claim_link(bed: Path) -> int:
    taken = [ipaddress.ip_network(route) for route in _routes()]
    for number in _LINKS:
        wanted = ipaddress.ip_network((addresses(number)[0], 30), strict=False)
        if any(wanted.overlaps(network) for network in taken):
            continue
        name = f"{LINK}{number}"
        words = ("ip", "link", "add", "name", name, "type", "veth", "peer", "name", f"{name}b")
        if subprocess.run(words, capture_output=True, check=False).returncode == 0:
            (bed / "link").write_text(name)
            return number
    raise BedError(
        f"no link is left: all of {LINK}1 to {LINK}249 exist; .venv/bin/python tools/beds list"
    )


def _routes() -> list[str]:
    shown = json.loads(_run("ip", "-json", "route", "show", "table", "all") or "[]")
    kinds = ("unicast", "local")
    return [
        route["dst"]
        for route in shown
        if route["dst"] != "default"
        and ":" not in route["dst"]
        and route.get("type", kinds[0]) in kinds
    ]


def _runs(pid: int, program: Path) -> bool:
    """Whether the process has become the program: by then its place is ready and private."""
    try:
        return Path(f"/proc/{pid}/exe").readlink() == program.resolve()
    except OSError:
        return False


def _run(*words: str) -> str:
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BedError(f"{' '.join(words[:6])}: {done.stderr.strip() or done.returncode}")
    return done.stdout

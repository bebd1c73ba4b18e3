"""Judges the system itself: kernel, limits, memory, ports, loopback, clock, locale."""

from __future__ import annotations

from collections.abc import Iterator

from tierline.facts.decision import Severity
from tierline.facts.machine import Clock, Machine
from tierline.machine.model import Needs, Point
from tierline.machine.words import absent, counted, named, size

MIB = 1024 * 1024
_BASE_DESCRIPTORS, _DESCRIPTORS = 128, 12
_BASE_PROCESSES, _PROCESSES = 64, 24
_BASE_MEMORY, _MEMORY = 256 * MIB, 32 * MIB
_PORTS = 4
"""what a service takes at most as a rule, beside what tierline itself takes"""
_STRAY_SECONDS = 2.0
_ROLLOUT = "running services here: rollout"


def judge_system(machine: Machine, needs: Needs) -> Iterator[Point]:
    """Local services need Linux with /proc and pidfd."""
    fact = f"{machine.system} lacks {', '.join(machine.lacks)}" if machine.lacks else machine.system
    point = Point(
        "system",
        Severity.OK,
        _ROLLOUT,
        fact,
        "use Linux 5.3 or later; check, ready and plan work all the same" if machine.lacks else "",
        required=needs.local,
    )
    yield absent(point) if machine.lacks else point


def judge_loopback(machine: Machine, needs: Needs) -> Iterator[Point]:
    """Services are asked, and tell, over 127.0.0.1."""
    trouble = machine.loopback
    point = Point(
        "loopback",
        Severity.OK,
        "asking services whether they work: rollout, verify",
        trouble or ("127.0.0.1 answers" if trouble is not None else "it did not answer in time"),
        "" if trouble == "" else "bring it up: ip link set lo up",
        required=needs.local,
    )
    yield absent(point, unknown=trouble is None) if trouble != "" else point


def judge_ports(machine: Machine, needs: Needs) -> Iterator[Point]:
    """Enough free ports to give; and who has those that configurations name."""
    wanted = _PORTS * len(needs.services) + 1
    if machine.free_ports is not None and (needs.local or not needs.here):
        short = needs.here and machine.free_ports < wanted
        point = Point(
            "ports",
            Severity.OK,
            "the ports that services are given: rollout",
            f"{machine.free_ports} to give" + (f", {wanted} wanted" if short else ""),
            "end what listens there: tierline down, ss -ltnp" if short else "",
            required=needs.local,
        )
        yield absent(point) if short else point
    if needs.local and machine.taken:
        yield from _taken(machine, needs)


def _taken(machine: Machine, needs: Needs) -> Iterator[Point]:
    """Ports that configurations name: no harm, unless a service takes no port from anybody."""
    taken = {port: who for port, who in (machine.taken or {}).items() if port in needs.ports}
    for port, who in sorted(taken.items()):
        services = needs.ports[port]
        program = f"{who.program or 'a program'} (pid {who.pid})" if who.pid else "somebody"
        yield Point(
            "port",
            Severity.WARN,
            f"{counted(services)} whose configuration names it: {named(services)}",
            f"{port} is taken by {program}; services are given free ports in HTTP_PORT, GRPC_PORT "
            "and configs/default.yaml, so only one that reads neither fails",
            f"end it: kill {who.pid}" if who.pid else f"see who it is: ss -ltnp 'sport = :{port}'",
            services,
        )


def judge_limits(machine: Machine, needs: Needs) -> Iterator[Point]:
    """Descriptors and processes for as many services."""
    limits = machine.limits
    if limits is None or (needs.here and not needs.local):
        return
    count = len(needs.services)
    wanted = _BASE_DESCRIPTORS + _DESCRIPTORS * count
    if limits.descriptors is not None:
        short = limits.descriptors < wanted
        yield Point(
            "descriptors",
            Severity.WARN if short else Severity.OK,
            _ROLLOUT,
            f"at most {limits.descriptors}" + (f", about {wanted} wanted" if short else ""),
            f"ulimit -n {max(wanted, 1024)}" if short else "",
        )
    wanted = _BASE_PROCESSES + _PROCESSES * count
    if limits.processes is not None and limits.running is not None:
        left = limits.processes - limits.running
        short = left < wanted
        yield Point(
            "processes",
            Severity.WARN if short else Severity.OK,
            _ROLLOUT,
            f"{max(left, 0)} more may run" + (f", about {wanted} wanted" if short else ""),
            f"ulimit -u {limits.running + wanted}, or a larger pids.max" if short else "",
        )


def judge_memory(machine: Machine, needs: Needs) -> Iterator[Point]:
    """Memory for as many services and one build."""
    memory = machine.limits.memory if machine.limits else None
    if memory is None or (needs.here and not needs.local):
        return
    wanted = _BASE_MEMORY + _MEMORY * len(needs.services)
    short = memory < wanted
    yield Point(
        "memory",
        Severity.WARN if short else Severity.OK,
        _ROLLOUT,
        f"{size(memory)} available" + (f", about {size(wanted)} wanted" if short else ""),
        "end what is not needed, or roll out fewer services at a time" if short else "",
    )


def judge_clock(machine: Machine, needs: Needs) -> Iterator[Point]:
    """Time orders the journal and dates evidence: it may be wrong, but must not go backwards."""
    del needs
    clock = machine.clock
    if clock is None:
        return
    wrong = [text for seconds, text in _odd(clock) if seconds > _STRAY_SECONDS]
    if wrong:
        fact, fix = "; ".join(wrong), "set the clock: timedatectl set-ntp true"
    elif clock.synchronized is False:
        fact, fix = "not synchronized by NTP", "synchronize it: timedatectl set-ntp true"
    else:
        fact = "synchronized" if clock.synchronized else "steady; nobody says whether by NTP"
        fix = ""
    yield Point(
        "clock",
        Severity.WARN if fix else Severity.OK,
        "dating evidence, waivers and the journal",
        fact,
        fix,
    )


def _odd(clock: Clock) -> Iterator[tuple[float, str]]:
    """(seconds, words) of each way in which a clock may be wrong."""
    ahead, apart, jumped = clock.ahead or 0.0, clock.apart or 0.0, clock.jumped or 0.0
    yield ahead, f"the journal was written {ahead:.0f} s in the future of this clock"
    yield abs(apart), f"the state folder's file system dates files {apart:+.0f} s apart from it"
    yield abs(jumped), f"it jumped by {jumped:+.0f} s just now"


def judge_locale(machine: Machine, needs: Needs) -> Iterator[Point]:
    """File names and outputs beyond ASCII need UTF-8."""
    del needs
    usual = machine.encoding.lower().replace("-", "") == "utf8"
    yield Point(
        "locale",
        Severity.OK if usual else Severity.WARN,
        "names and texts beyond ASCII",
        machine.encoding or "unknown",
        "" if usual else "set a UTF-8 locale: export LANG=C.UTF-8",
    )


def judge_path(machine: Machine, needs: Needs) -> Iterator[Point]:
    """A relative entry of PATH runs programs of whatever folder one stands in: of a mesh, too."""
    del needs
    if machine.relative:
        shown = ", ".join(repr(entry) for entry in machine.relative)
        yield Point(
            "path",
            Severity.WARN,
            "running only programs of this machine, never some of a mesh",
            f"PATH has relative entries: {shown}",
            "remove them from PATH",
        )

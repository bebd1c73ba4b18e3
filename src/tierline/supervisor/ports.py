"""Which number a service's named port has: the same one every time; knows not who uses it."""

from __future__ import annotations

import contextlib
import hashlib
import socket
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from tierline.errors import TemporaryError
from tierline.supervisor.promises import Promises
from tierline.targets.host import files

_FIRST, _LAST = 20_000, 32_767
_KERNEL = Path("/proc/sys/net/ipv4/ip_local_port_range")


def choices(kernel: tuple[int, int], first: int = _FIRST, last: int = _LAST) -> tuple[int, ...]:
    """Numbers that the kernel gives to no outgoing connection, so that none is lost by chance."""
    low, high = kernel
    found = tuple(number for number in range(first, last + 1) if not low <= number <= high)
    return found or tuple(number for number in range(1024, 65_536) if not low <= number <= high)


def kernel_range() -> tuple[int, int]:
    """The kernel's own range for outgoing connections."""
    with contextlib.suppress(OSError, ValueError):
        low, high = _KERNEL.read_text(encoding="ascii").split()
        return int(low), int(high)
    return 32_768, 60_999


def pick(
    subject: str, free: Callable[[int], bool], used: Iterable[int], among: tuple[int, ...]
) -> int:
    """The first free number, beginning at a place that depends on the subject.

    Different environments of one machine begin at different places and so rarely meet.
    """
    taken = frozenset(used)
    begin = int.from_bytes(hashlib.sha256(subject.encode()).digest()[:4], "big")
    for offset in range(len(among)):
        number = among[(begin + offset) % len(among)]
        if number not in taken and free(number):
            return number
    raise TemporaryError(
        f"{subject}: none of {len(among)} ports is free",
        code="local/no-port",
        fix="stop what is not needed: tierline down",
    )


def is_free(number: int) -> bool:
    """Whether a program could listen there now, on the loopback and on every address."""
    for address in ("127.0.0.1", "0.0.0.0"):  # noqa: S104 - bound for an instant, never listened on
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as sock:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                sock.bind((address, number))
            except OSError:
                return False
    return True


class PortBook:
    """The numbers given so far, on disk before anybody hears of them, and promised to nobody else."""

    def __init__(self, path: Path, environment: str, promises: Promises) -> None:
        self._path, self._environment, self._promises = path, environment, promises
        self._numbers = _load(path)
        for number in self._numbers.values():
            promises.make(number)

    def give_up_taken(self) -> None:
        """Forget numbers that others have: for when nothing of ours runs that was told of them."""
        free = {name: number for name, number in self._numbers.items() if self._ours(number)}
        if free != self._numbers:
            files.replace_json(self._path, free)
            self._numbers = free

    def assign(self, service_id: str, names: Iterable[str]) -> Mapping[str, int]:
        """Numbers of all names, in their order; new ones are free now, old ones may not be."""
        wanted = {name: f"{service_id}/{name}" for name in names}
        new = [subject for subject in wanted.values() if subject not in self._numbers]
        if new:
            numbers, among = dict(self._numbers), choices(kernel_range())
            for subject in new:
                place = f"{self._environment}/{subject}"
                numbers[subject] = pick(place, self._ours, numbers.values(), among)
            files.replace_json(self._path, numbers)
            self._numbers = numbers
        return {name: self._numbers[subject] for name, subject in wanted.items()}

    def _ours(self, number: int) -> bool:
        """Whether nobody listens there and nobody else was promised it; then it is promised."""
        if not self._promises.make(number):
            return False
        if not is_free(number):
            self._promises.take_back(number)
            return False
        return True


def _load(path: Path) -> dict[str, int]:
    """A damaged file is as good as none: the worst that follows are other numbers."""
    try:
        found = files.read_json(path) or {}
        return {str(name): int(number) for name, number in found.items()}
    except (ValueError, TypeError):
        return {}

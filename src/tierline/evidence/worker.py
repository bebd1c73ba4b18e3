"""A process that learns about folders for another: `python -P -m tierline.evidence.worker`.

Frames of MessagePack, each after its length in 8 bytes: what surrounds all folders, then questions,
each batch answered by one frame. It ends with its input, so it never outlives who asks.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from typing import IO

from tierline.evidence.folder import learn
from tierline.evidence.remembered import wire


def send(stream: IO[bytes], data: bytes) -> None:
    """Write a frame."""
    stream.write(len(data).to_bytes(8, "big") + data)
    stream.flush()


def receive(stream: IO[bytes]) -> bytes | None:
    """Read a frame; None where the other side has ended, also in the middle of one."""
    head = stream.read(8)
    if len(head) < 8:
        return None
    size = int.from_bytes(head, "big")
    data = stream.read(size)
    return data if len(data) == size else None


def main() -> None:
    """Answer until nobody asks any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it ends when who asks ends
    gc.disable()  # what one batch leaves behind goes at once, but for the little that is circular
    asked, answered = sys.stdin.buffer, sys.stdout.buffer
    first = receive(asked)
    if first is None:
        return
    around = wire.around(first)
    gc.freeze()
    while (batch := receive(asked)) is not None:
        send(answered, wire.encode([learn(one, around) for one in wire.questions(batch)]))
        gc.collect(0)


if __name__ == "__main__":
    try:
        main()
    except BrokenPipeError:
        os._exit(1)

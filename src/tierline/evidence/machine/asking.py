"""Asks many questions at once and waits only so long: whatever hangs is left behind, unanswered."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

Name = tuple[str, str]
"""a kind of question and what it is about"""


def ask_all(questions: Mapping[Name, Callable[[], Any]], seconds: float) -> dict[Name, Any]:
    """Answers by question; one that fails with OSError, or takes longer, is absent.

    Threads that hang are daemons: neither the caller nor the end of the process waits for them.
    """
    answers: queue.SimpleQueue[tuple[Name, bool, Any]] = queue.SimpleQueue()

    def ask(name: Name, question: Callable[[], Any]) -> None:
        try:
            answers.put((name, True, question()))
        except OSError:
            answers.put((name, False, None))

    for name, question in questions.items():
        threading.Thread(target=ask, args=(name, question), daemon=True).start()
    found: dict[Name, Any] = {}
    until = time.monotonic() + seconds
    with suppress(queue.Empty):
        for _ in questions:
            name, given, answer = answers.get(timeout=max(0.0, until - time.monotonic()))
            if given:
                found[name] = answer
    return found

"""Publishes events to the bus and consumes them; a bus that is away delays, never blocks."""

from __future__ import annotations

import os
import threading
import uuid
from collections import deque

from meshkit.http_client import Client, Unreachable

BUFFER = 500
RETRY_SECONDS = 0.5


class Publisher:
    """Hands events to the bus in the background; the oldest are dropped when it stays away."""

    def __init__(self, address, producer, telemetry):
        self._client = Client(address) if address else None
        self._producer, self._telemetry = producer, telemetry
        self._waiting, self._wake = deque(maxlen=BUFFER), threading.Event()
        self._thread = None

    def publish(self, event_type, payload, span=None):
        """Queue one event; returns its id at once."""
        event = {
            "event_id": str(uuid.uuid4()),
            "event_type": event_type,
            "producer": self._producer,
            "payload": payload,
        }
        self._waiting.append((event, span.headers if span else None))
        if self._thread is None and self._client:
            self._thread = threading.Thread(target=self._send, name="publisher", daemon=True)
            self._thread.start()
        self._wake.set()
        return event["event_id"]

    def _send(self):
        while True:
            self._wake.wait()
            self._wake.clear()
            while self._waiting:
                event, headers = self._waiting.popleft()
                try:
                    status, _ = self._client.post("/events", event, headers)
                except Unreachable:
                    self._waiting.appendleft((event, headers))
                    threading.Event().wait(RETRY_SECONDS)
                    continue
                outcome = "published" if status < 300 else "refused"
                self._telemetry.count("events." + outcome, event_type=event["event_type"])


class Consumer:
    """Reads the bus's log of some event types; a file keeps how far it came.

    The file is written after an event was handled: one may be handled again, none is left out.
    """

    def __init__(self, address, event_types, telemetry, path):
        self._client = Client(address, timeout=2.0)
        self._types, self._telemetry, self._path = ",".join(sorted(event_types)), telemetry, path
        try:
            with open(path, encoding="ascii") as file:
                self.position = int(file.read())
        except (OSError, ValueError):
            self.position = 0

    def step(self, handle, stop):
        """Handle what is new; waits a moment where there is nothing or no bus."""
        path = f"/events?types={self._types}&after={self.position}&wait_ms=500"
        try:
            status, page = self._client.get(path)
        except Unreachable as error:
            self._telemetry.count("events.bus_unreachable")
            self._telemetry.log("WARN", f"the event bus does not answer: {error}")
            stop.wait(RETRY_SECONDS)
            return
        if status != 200:
            stop.wait(RETRY_SECONDS)
            return
        for event in page["events"]:
            self._handle(handle, event)
            self._keep(event["position"])

    def _keep(self, position):
        self.position = position
        with open(self._path + ".new", "w", encoding="ascii") as file:
            file.write(str(position))
        os.replace(self._path + ".new", self._path)

    def _handle(self, handle, event):
        span = self._telemetry.span("consume " + event["event_type"])
        try:
            handle(event, span)
        except Exception as error:  # one bad event must not end the worker
            self._telemetry.log("ERROR", f"{event['event_type']}: {error}", span)
            self._telemetry.end(span, ok=False)
            return
        self._telemetry.count("events.consumed", event_type=event["event_type"])
        self._telemetry.end(span)

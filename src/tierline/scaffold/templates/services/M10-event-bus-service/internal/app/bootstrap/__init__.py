"""The event bus: an append-only log of events that others publish to and read from a position."""

import threading
import time

from meshkit import Records, refusal

OWNERS = {}
PAGE, LONGEST_WAIT_MS = 200, 1_000


class Log:
    """Events in the order in which they came; positions count from 1, `at` is when one came."""

    def __init__(self, records):
        self._records, self._grown = records, threading.Condition()
        self._ids = {event["event_id"] for event in records.all()}

    def append(self, event):
        """The position of the event; one that was published before keeps its place."""
        with self._grown:
            known = self._records.all()
            if event["event_id"] in self._ids:
                return next(e["position"] for e in known if e["event_id"] == event["event_id"])
            self._ids.add(event["event_id"])
            self._records.append({**event, "position": len(known) + 1, "at": time.time()})
            self._grown.notify_all()
            return len(known) + 1

    def read(self, after, types, seconds):
        """Up to a page of events behind `after`; waits up to `seconds` where there is none."""

        def found():
            behind = self._records.all()[after:]
            return [e for e in behind if not types or e["event_type"] in types][:PAGE]

        with self._grown:
            self._grown.wait_for(found, timeout=seconds)
            return found()

    def all(self):
        return self._records.all()


def build(service):
    log = Log(Records(service.data, "events"))

    def publish(request):
        names = ("event_id", "event_type", "producer")
        event = {name: request.field(name) for name in names}
        event["payload"] = request.field("payload", dict)
        return 202, {"position": log.append(event)}

    def read(request):
        after = max(0, int(request.query.get("after", 0)))
        types = [name for name in request.query.get("types", "").split(",") if name]
        wait = min(int(request.query.get("wait_ms", 0)), LONGEST_WAIT_MS)
        return 200, {"events": log.read(after, types, wait / 1000)}

    def show(request):
        position, events = int(request.values["position"]), log.all()
        if not 1 <= position <= len(events):
            return refusal(404, f"there is no event {position}")
        return 200, events[position - 1]

    def topics(request):
        counts = {}
        for event in log.all():
            counts[event["event_type"]] = counts.get(event["event_type"], 0) + 1
        return 200, {"topics": counts}

    return {
        ("GET", "/events"): read,
        ("GET", "/events/{position}"): show,
        ("GET", "/topics"): topics,
        ("POST", "/events"): publish,
    }

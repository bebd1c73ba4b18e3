"""A log that nobody can change unseen: each record holds the hash of the one before it.

The events themselves stay with the event bus, M10; this service owns the proof of their order.
"""

import hashlib
import json

from meshkit import Records, refusal

OWNERS = {"M10-Event-Bus-Service": "event_bus_url"}
EVENTS = ("consent.changed", "payment.captured", "payout.sent", "user.signed_in")
START = "0" * 64


def chained(previous, event):
    """The record of an event, bound to the hash of the record before."""
    record = {
        "position": event["position"],
        "event_type": event["event_type"],
        "producer": event["producer"],
        "payload": event["payload"],
        "previous": previous,
    }
    return {**record, "hash": hash_of(record)}


def hash_of(record):
    content = {key: value for key, value in record.items() if key != "hash"}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def first_break(records):
    """The position of the first record that does not fit, or None when all do."""
    previous = START
    for record in records:
        if record["previous"] != previous or record["hash"] != hash_of(record):
            return record["position"]
        previous = record["hash"]
    return None


def handler(service):
    """What the worker does with each event."""
    records = Records(service.data, "audit")

    def handle(event, span):
        known = records.all()
        if known and event["position"] <= known[-1]["position"]:
            return
        records.append(chained(known[-1]["hash"] if known else START, event))
        service.telemetry.log("INFO", f"recorded {event['event_type']}", span)

    return handle


def build(service):
    records, bus = Records(service.data, "audit"), service.owner("M10-Event-Bus-Service")

    def show(request):
        wanted = request.query.get("event_type")
        found = [r for r in records.all() if wanted in (None, r["event_type"])]
        return 200, {"records": found[-100:]}

    def verification(request):
        known = records.all()
        broken = first_break(known)
        return 200, {"records": len(known), "intact": broken is None, "first_break": broken}

    def source(request):
        status, event = bus.get(f"/events/{int(request.values['position'])}", request.trace)
        return (200, event) if status == 200 else refusal(404, "the bus has no such event")

    return {
        ("GET", "/records"): show,
        ("GET", "/records/{position}/source"): source,
        ("GET", "/verification"): verification,
    }

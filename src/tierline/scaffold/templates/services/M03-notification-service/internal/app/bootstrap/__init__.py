"""Tells people what happened to them. Names come from M02, events from the log that M10 keeps."""

from meshkit import Records

OWNERS = {
    "M02-Profile-Service": "profile_http_url",
    "M10-Event-Bus-Service": "event_bus_url",
}
EVENTS = ("payment.captured", "user.profile_updated")


def message(event, name):
    """What the person reads."""
    if event["event_type"] == "payment.captured":
        paid = event["payload"]
        return f"{name}, we received {paid['amount_minor'] / 100:.2f} {paid['currency']}."
    return f"{name}, your profile was changed."


def handler(service):
    """What the worker does with each event."""
    records = Records(service.data, "notifications")
    profiles = service.owner("M02-Profile-Service")

    def handle(event, span):
        user = event["payload"]["user"]
        status, profile = profiles.get(f"/profiles/{user}", span.headers)
        name = profile["display_name"] if status == 200 else user
        records.append({"user": user, "text": message(event, name), "event": event["event_id"]})
        service.telemetry.log("INFO", f"notified {user} of {event['event_type']}", span)

    return handle


def build(service):
    records = Records(service.data, "notifications")

    def of_user(request):
        user = request.values["user"]
        return 200, {"notifications": [note for note in records.all() if note["user"] == user]}

    return {
        ("GET", "/notifications"): lambda request: (200, {"notifications": records.all()[-100:]}),
        ("GET", "/notifications/{user}"): of_user,
    }

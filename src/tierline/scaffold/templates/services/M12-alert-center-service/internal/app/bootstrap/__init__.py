"""What the people on call should see. It starts early, yet M01 must say who acknowledges.

That edge leads from the first tier to the second: a tier inversion, which real meshes have.
"""

from meshkit import Records, refusal, signed_in

OWNERS = {
    "M01-Authentication-Service": "auth_grpc_url",
    "M10-Event-Bus-Service": "event_bus_url",
}
EVENTS = ("risk.scored", "webhook.received")


def alert_of(event, highest_score, most_bytes):
    """Why the event deserves an alert, or "" when it does not."""
    payload = event["payload"]
    if event["event_type"] == "risk.scored" and payload["score"] > highest_score:
        return f"{payload['user']} has the risk score {payload['score']}"
    if event["event_type"] == "webhook.received" and payload["bytes"] > most_bytes:
        return f"{payload['partner']} sent {payload['bytes']} bytes"
    return ""


def handler(service):
    """What the worker does with each event."""
    records = Records(service.data, "alerts")
    limits = service.config.number("alert.highest_score"), service.config.number("alert.most_bytes")

    def handle(event, span):
        reason = alert_of(event, *limits)
        if reason:
            alert = {"alert_id": event["event_id"], "reason": reason}
            records.append(alert)
            service.events.publish("alert.raised", alert, span)
            service.telemetry.log("WARN", reason, span)

    return handle


def build(service):
    alerts, acknowledged = Records(service.data, "alerts"), Records(service.data, "acknowledged")
    authentication = service.owner("M01-Authentication-Service")

    def show(request):
        by = {record["alert_id"]: record["by"] for record in acknowledged.all()}
        return 200, {"alerts": [{**a, "by": by.get(a["alert_id"], "")} for a in alerts.all()]}

    def acknowledge(request):
        user, alert_id = signed_in(request, authentication), request.values["alert_id"]
        if not user:
            return refusal(401, "sign in first")
        if alert_id not in [alert["alert_id"] for alert in alerts.all()]:
            return refusal(404, f"there is no alert {alert_id}")
        acknowledged.append({"alert_id": alert_id, "by": user})
        return 200, {"alert_id": alert_id, "by": user}

    return {
        ("GET", "/alerts"): show,
        ("POST", "/alerts/{alert_id}/acknowledgement"): acknowledge,
    }

"""What each person allows us to do. People are known to M02; M06 keeps the evidence."""

from meshkit import Records, refusal

OWNERS = {
    "M02-Profile-Service": "profile_http_url",
    "M06-Audit-Log-Service": "audit_http_url",
}
PURPOSES = ("analytics", "personalisation", "marketing")


def current(records, user):
    """Purpose -> granted; what was never asked is not granted."""
    answers = dict.fromkeys(PURPOSES, False)
    for record in records:
        if record["user"] == user:
            answers[record["purpose"]] = record["granted"]
    return answers


def build(service):
    records = Records(service.data, "consents")
    profiles, audit = service.owner("M02-Profile-Service"), service.owner("M06-Audit-Log-Service")

    def decide(request):
        user, purpose = request.values["user"], request.values["purpose"]
        if purpose not in PURPOSES:
            return refusal(404, f"{purpose} is not one of {', '.join(PURPOSES)}")
        status, _ = profiles.get(f"/profiles/{user}", request.trace)
        if status != 200:
            return refusal(404, f"{user} has no profile")
        answer = {"user": user, "purpose": purpose, "granted": request.field("granted", bool)}
        records.append(answer)
        service.events.publish("consent.changed", answer, request.span)
        return 200, answer

    def show(request):
        user = request.values["user"]
        return 200, {"user": user, "consents": current(records.all(), user)}

    def evidence(request):
        _, page = audit.get("/records?event_type=consent.changed", request.trace)
        user = request.values["user"]
        return 200, {"records": [r for r in page["records"] if r["payload"]["user"] == user]}

    return {
        ("GET", "/purposes"): lambda request: (200, {"purposes": list(PURPOSES)}),
        ("GET", "/consents/{user}"): show,
        ("GET", "/consents/{user}/evidence"): evidence,
        ("PUT", "/consents/{user}/{purpose}"): decide,
    }

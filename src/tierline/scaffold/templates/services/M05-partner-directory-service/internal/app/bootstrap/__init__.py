"""Who our partners are. Whether one is connected is known by the webhook gateway, M04."""

from meshkit import Records, refusal

OWNERS = {"M04-Webhook-Gateway-Service": "webhook_http_url"}


def build(service):
    records = Records(service.data, "partners")
    gateway = service.owner("M04-Webhook-Gateway-Service")

    def partners():
        return {record["partner"]: record for record in records.all()}

    def enter(request):
        partner = {
            "partner": request.values["partner"],
            "name": request.field("name"),
            "country": request.field("country"),
        }
        records.append(partner)
        return 200, partner

    def show(request):
        partner = partners().get(request.values["partner"])
        if partner is None:
            return refusal(404, f"{request.values['partner']} is not in the directory")
        status, page = gateway.get("/endpoints", request.trace)
        connected = status == 200 and partner["partner"] in page["partners"]
        return 200, {**partner, "connected": connected}

    return {
        ("GET", "/partners"): lambda request: (200, {"partners": sorted(partners())}),
        ("GET", "/partners/{partner}"): show,
        ("PUT", "/partners/{partner}"): enter,
    }

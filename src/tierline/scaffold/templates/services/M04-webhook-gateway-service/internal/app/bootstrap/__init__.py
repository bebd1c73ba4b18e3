"""Takes signed calls of partners in and turns them into events. M01 says who may add a partner."""

import hashlib
import hmac

from meshkit import Records, refusal, signed_in

OWNERS = {"M01-Authentication-Service": "auth_grpc_url"}


def signature(secret, body):
    """HMAC-SHA256 over the bytes of the body, in hex."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def build(service):
    records = Records(service.data, "endpoints")
    authentication = service.owner("M01-Authentication-Service")

    def endpoints():
        return {record["partner"]: record for record in records.all()}

    def add(request):
        user = signed_in(request, authentication)
        if not user:
            return refusal(401, "sign in first")
        partner, secret = request.field("partner"), request.field("secret")
        records.append({"partner": partner, "secret": secret, "added_by": user})
        return 201, {"partner": partner, "path": f"/hooks/{partner}"}

    def receive(request):
        partner = request.values["partner"]
        endpoint = endpoints().get(partner)
        if endpoint is None:
            return refusal(404, f"{partner} is not connected")
        shown = request.headers.get("X-Signature", "")
        if not hmac.compare_digest(shown, signature(endpoint["secret"], request.raw)):
            return refusal(401, "the signature does not fit the body")
        received = {"partner": partner, "bytes": len(request.raw)}
        event_id = service.events.publish("webhook.received", received, request.span)
        return 202, {"event_id": event_id}

    return {
        ("GET", "/endpoints"): lambda request: (200, {"partners": sorted(endpoints())}),
        ("POST", "/endpoints"): add,
        ("POST", "/hooks/{partner}"): receive,
    }

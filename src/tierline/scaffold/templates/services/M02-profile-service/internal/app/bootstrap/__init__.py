"""People's profiles. M01 says who is signed in; the archive M31 knows who was a customer before."""

from meshkit import Records, Unreachable, refusal, signed_in
from meshkit.http_client import Client

OWNERS = {"M01-Authentication-Service": "auth_grpc_url"}
FIELDS = ("display_name", "country")


def archived(archive, user):
    """Whether the archive knows the user: yes, no, or unknown while it is away."""
    try:
        status, _ = archive.get(f"/customers/{user}")
    except Unreachable:
        return "unknown"
    return "yes" if status == 200 else "no"


def build(service):
    records = Records(service.data, "profiles")
    authentication = service.owner("M01-Authentication-Service")
    archive = Client(service.config.address("customer_archive_url"), service.timeout)

    def profiles():
        return {record["user"]: record for record in records.all()}

    def change(request):
        user = request.values["user"]
        if signed_in(request, authentication) != user:
            return refusal(403, f"only {user} may change this profile")
        profile = {"user": user, **{name: request.field(name) for name in FIELDS}}
        profile["interests"] = sorted(set(request.field("interests", list)))
        records.append(profile)
        changed = {name: profile[name] for name in ("user", *FIELDS)}
        service.events.publish("user.profile_updated", changed, request.span)
        return 200, profile

    def show(request):
        profile = profiles().get(request.values["user"])
        if profile is None:
            return refusal(404, f"{request.values['user']} has no profile")
        return 200, {**profile, "archived": archived(archive, profile["user"])}

    return {
        ("GET", "/profiles"): lambda request: (200, {"users": sorted(profiles())}),
        ("GET", "/profiles/{user}"): show,
        ("PUT", "/profiles/{user}"): change,
    }

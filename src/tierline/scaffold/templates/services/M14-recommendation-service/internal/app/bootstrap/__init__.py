"""What a person may like, by the interests that M02 knows, if M07 says that they allow it."""

from meshkit import refusal

OWNERS = {
    "M02-Profile-Service": "profile_http_url",
    "M07-Consent-Service": "consent_http_url",
}
CATALOGUE = {
    "trail map": ("hiking", "travel"),
    "city guide": ("travel", "food"),
    "bread course": ("food",),
    "field recorder": ("music", "hiking"),
    "concert pass": ("music",),
}


def ranked(interests):
    """Items by the number of shared interests, then by name; all of them when none is known."""
    shared = {item: len(set(tags) & set(interests)) for item, tags in CATALOGUE.items()}
    wanted = [item for item in shared if shared[item] or not interests]
    return sorted(wanted, key=lambda item: (-shared[item], item))


def build(service):
    profiles, consents = (service.owner(owner) for owner in sorted(OWNERS))

    def recommend(request):
        user = request.values["user"]
        status, profile = profiles.get(f"/profiles/{user}", request.trace)
        if status != 200:
            return refusal(404, f"{user} has no profile")
        _, answer = consents.get(f"/consents/{user}", request.trace)
        allowed = answer["consents"]["personalisation"]
        items = ranked(profile["interests"] if allowed else [])
        return 200, {"user": user, "personal": allowed, "items": items}

    return {
        ("GET", "/catalogue"): lambda request: (200, {"items": sorted(CATALOGUE)}),
        ("GET", "/recommendations/{user}"): recommend,
    }

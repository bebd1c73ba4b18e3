"""Settings that several services share, with a version for every change."""

from meshkit import Records, refusal

OWNERS = {}
BUILT_IN = {"session.seconds": 3600, "payments.enabled": True}


def build(service):
    records = Records(service.data, "settings")

    def settings():
        known = {
            name: {"name": name, "value": value, "version": 0} for name, value in BUILT_IN.items()
        }
        known.update((record["name"], record) for record in records.all())
        return known

    def show(request):
        name = request.values["name"]
        return (200, settings()[name]) if name in settings() else refusal(404, f"no setting {name}")

    def change(request):
        name = request.values["name"]
        if "value" not in (request.body or {}):
            return refusal(400, "value is missing")
        version = settings().get(name, {"version": 0})["version"] + 1
        setting = {"name": name, "value": request.body["value"], "version": version}
        records.append(setting)
        changed = {"name": name, "version": version}
        service.events.publish("settings.changed", changed, request.span)
        return 200, setting

    return {
        ("GET", "/settings"): lambda request: (200, {"settings": sorted(settings())}),
        ("GET", "/settings/{name}"): show,
        ("PUT", "/settings/{name}"): change,
    }

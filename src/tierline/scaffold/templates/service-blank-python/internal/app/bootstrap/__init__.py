"""@{service_id}. So far it is a scaffold: it says who it is."""

OWNERS = {@{owners_py}}


def about(service):
    """What the service says of itself."""
    return {"service": service.config.text("service.id"), "reads": len(OWNERS)}


def build(service):
    """The routes of the api."""
    return {("GET", "/about"): lambda request: (200, about(service))}

"""Part of gate compose: one service's own Compose file, by itself and beside its configuration."""

from __future__ import annotations

from collections.abc import Iterator

from tierline.mesh.clean import clean
from tierline.mesh.compose import PATH
from tierline.mesh.compose_file import Named, Part
from tierline.mesh.defect import Defect, Place
from tierline.mesh.model import Service
from tierline.mesh.names import slug
from tierline.readiness.compose.parts import Located, judge_parts
from tierline.readiness.compose.reading import compose_of
from tierline.readiness.facts import ServiceFacts
from tierline.regex import regex

_ADDRESS = regex(r"(?:127\.0\.0\.1|localhost|0\.0\.0\.0|\[::1?\]):([0-9]{1,5})(?![0-9])")


def judge_compose_of_service(facts: ServiceFacts) -> Iterator[Defect]:
    """Everything that stops this file, or lets it reach further than a service should."""
    yield from _strays(facts)
    file, defects = compose_of(facts)
    yield from defects
    if file is None:
        return
    service = facts.service
    located = Located(f"{service.path}/{PATH}", file, service.service_id)
    if not file.parts and not any(one.code == "compose/not-compose" for one in defects):
        fix = "write what runs under `services:`"
        yield located.defect("nothing-to-run", "it declares no service", file.place, fix)

    def exists(path: str) -> bool | None:
        inner = path.removeprefix(f"{service.path}/")
        return inner in facts.files if inner != path else None

    yield from judge_parts(located, exists)
    for part in file.parts:
        if is_own(part.name, service, built=part.told.built) and not part.extended:
            yield from _health(part, located)
            yield from _ports(part, service, located)
    for name in file.variables:
        if name.text not in facts.around.variables:
            message = f"${{{clean(name.text)}}} is defined nowhere, so Compose leaves a blank"
            fix = f"add {clean(name.text)} to .env.example, or give it a default"
            yield located.defect("unresolved-variable", message, name.place, fix)


def _strays(facts: ServiceFacts) -> Iterator[Defect]:
    """Files beside the one that counts, such as compose.override.yaml."""
    folder, _, name = PATH.rpartition("/")
    for path in sorted(facts.files):
        inside, _, other = path.rpartition("/")
        if inside == folder and path != PATH and other.endswith((".yaml", ".yml", ".json")):
            message = f"{clean(other)} is not taken, and not judged: only {name} is"
            yield Defect(
                "compose/stray-file",
                message,
                Place(facts.shown(path)),
                "",
                facts.service.service_id,
            )


def is_own(name: str, service: Service, *, built: bool) -> bool:
    """Whether a service of a Compose file is a workload of this service, and not its database."""
    return built or is_called(name, calls(service))


def calls(service: Service) -> tuple[str, str]:
    """What the services of a Compose file that are workloads of this service have in their names."""
    return slug(service.service_id.partition("-")[2]), service.path.rpartition("/")[2].lower()


def is_called(name: str, called: tuple[str, str]) -> bool:
    """Whether a name in a Compose file (or one of several, a line each) is one that `calls` gives."""
    plain, folder = called
    return plain in name.lower() or folder in name


def _health(part: Part, located: Located) -> Iterator[Defect]:
    if not part.told.health_checked:
        message = f"{clean(part.name)} has no health check"
        fix = "add `healthcheck:` with a test of /healthz, unless its image brings one"
        yield located.defect("no-health-check", message, part.place, fix)


def _ports(part: Part, service: Service, located: Located) -> Iterator[Defect]:
    """Ports that are published or asked, but not listened on by configuration or variables."""
    given = [one for one in part.told.variables if one.name.endswith("_PORT")]
    config = service.config
    ports = {port.name: port.number for port in config.ports} if config else {}
    written = [key for key in (config.places if config else ()) if key.endswith("_port")]
    known = "http" in ports and 0 not in ports.values() and len(ports) >= len(written)
    if not known or any(one.number is None for one in given):
        return
    listens = {*ports.values(), *(one.number for one in given)}
    for published in part.published:
        if published.target is not None and published.target not in listens:
            yield _differs(
                "publishes", published.target, listens, located, Named("", published.place)
            )
    for text in part.asks:
        for match in _ADDRESS.finditer(text.text):
            if int(match[1]) not in listens:
                yield _differs("is asked on", int(match[1]), listens, located, text)


def _differs(
    verb: str, port: int, listens: set[int] | set[int | None], located: Located, at: Named
) -> Defect:
    known = " and ".join(str(one) for one in sorted(filter(None, listens)))
    message = f"port {port} {'is published' if verb == 'publishes' else 'is asked for health'}"
    message += f", and the service listens on {known}"
    fix = "correct it here, or set HTTP_PORT or GRPC_PORT"
    return located.defect("port-differs", message, at.place, fix)

"""The same mesh as containers of a Docker engine: tierline, and `docker compose up --wait` with depends_on.

Each container is well a known time after its start, so when a service is well needs no asking: the
engine's event of its start, and its delay. A start is late by the time from the last owner being well
to the event of the service's own; the makespan runs from the first container's creation to the
moment at which the last is well. Both are given the same images; the health checks are those of Compose,
once a second (an engine of this age can do no better at a start), and tierline asks by itself.
"""

from __future__ import annotations

import json
import os
import subprocess
import tarfile
import tempfile
import uuid
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import kwok_mesh
import yaml
from beds import places
from beds.builds import Module, programs
from beds.docker import bed
from go_mesh_files import Names
from kwok_bed import tierline_environment
from measured import TIERLINE, run
from outcome import Outcome
from site_of_rollout import Command

from tierline.mesh.names import slug

_PROGRAM = Module(Path(__file__).resolve().parents[2] / "tools" / "slow", {"slow": "."})
_IMAGE = "generated/slow:1"
_CHECK = {"test": ["CMD", "/slow", "check"], "interval": "1s", "timeout": "2s", "retries": 30}
_POLICY = """\
version = 1
[environments.bed]
kind = "local"
target = "compose"
namespace = "{project}"
[environments.bed.requirements]
logs = "off"
metrics = "off"
traces = "off"
[environments.bed.limits]
max_parallel = {count}
[severity]
"structure/missing-file" = "warn"
"""


@contextmanager
def an_engine() -> Generator[Path]:
    """The folder of an engine that has the image; down at the end."""
    name = f"bench-{os.getpid()}"
    bed.up(name, owner=os.getpid())
    folder = places.folder_of(name)
    try:
        program = programs(_PROGRAM, ["slow"])["slow"]
        with tempfile.TemporaryDirectory(dir="/tmp") as aside:
            archive = Path(aside) / "slow.tar"
            with tarfile.open(archive, "w") as tar:
                tar.add(program, arcname="slow")
            bed.docker(folder, "import", "--change", 'ENTRYPOINT ["/slow"]', str(archive), _IMAGE)
        yield folder
    finally:
        bed.down(folder)


@dataclass(frozen=True)
class Site:
    """One project on an engine."""

    engine: Path
    project: str
    home: Path
    parts: kwok_mesh.Parts


def tierline(site: Site) -> Command:
    """A rollout of the whole mesh; the files have no health checks, since it asks by itself.

    Each service builds the image under a name of its own, so that its source is known.
    """
    mesh = kwok_mesh.make(site.home / "m", site.parts)
    for declared in kwok_mesh.declarations(site.parts):
        names = Names(declared)
        own = _service(site.parts, declared.service_id) | {"build": {"context": "../.."}}
        del own["image"]
        folder = mesh / names.path
        (folder / "Dockerfile").write_text(f"FROM {_IMAGE}\n")
        document: dict[str, Any] = {"services": {names.name: own}, "networks": {"mesh": {}}}
        file = folder / "deploy" / "compose" / "service.compose.yaml"
        file.write_text(yaml.safe_dump(document, sort_keys=False))
    policy = _POLICY.format(project=site.project, count=len(site.parts))
    environment = tierline_environment(site.home / "h", policy)
    words = [TIERLINE, "rollout", "--yes", "--root-path", str(mesh)]
    return Command(words, {**bed.variables(site.engine), **environment})


def compose(site: Site) -> Command:
    """One file: each service waits for its owners to be healthy."""
    services: dict[str, Any] = {}
    for service_id, part in site.parts.items():
        waits = {slug(one): {"condition": "service_healthy"} for one in part.owners}
        own = _service(site.parts, service_id) | {"healthcheck": _CHECK}
        services[slug(service_id)] = own | ({"depends_on": waits} if waits else {})
    file = site.home / "compose.yaml"
    file.write_text(yaml.safe_dump({"services": services, "networks": {"mesh": {}}}))
    words = ["--project-name", site.project, "--file", str(file), "up", "--wait", "--detach"]
    return Command(["docker", "compose", *words], bed.variables(site.engine))


RIVALS: Mapping[str, Callable[[Site], Command]] = {
    "tierline": tierline,
    "docker compose up --wait": compose,
}
"""name -> how it is told"""


def rolled_out(engine: Path, rival: str, parts: kwok_mesh.Parts, limit: float) -> Outcome:
    """A rollout as a project of its own, which is removed afterwards."""
    project = f"bench-{uuid.uuid4().hex[:6]}"
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        command = RIVALS[rival](Site(engine, project, Path(folder), parts))
        with _events(engine) as heard:
            cost = run(command.argv, command.environment, limit)
        running = bed.docker(engine, "ps", "--all", "--quiet").split()
        if running:
            bed.docker(engine, "rm", "--force", *running)
        bed.docker(engine, "network", "prune", "--force")
    made, started = _first(heard, "create"), _first(heard, "start")
    names = {slug(name): part for name, part in parts.items()}
    well = {name: at + names[name].seconds for name, at in started.items() if name in names}
    delays = {
        name: started[name] - max(well[slug(owner)] for owner in part.owners)
        for name, part in names.items()
        if part.owners and name in started and all(slug(owner) in well for owner in part.owners)
    }
    span = max(well.values(), default=0.0) - min(made.values(), default=0.0)
    early = sum(1 for delay in delays.values() if delay < 0)
    return Outcome(cost, span, sorted(delays.values()), early, len(well))


def _service(parts: kwok_mesh.Parts, service_id: str) -> dict[str, Any]:
    """What runs of a service, without any waiting."""
    part = parts[service_id]
    told = {
        "READY_AFTER": f"{part.seconds:.3f}s",
        "OWNERS": ",".join(f"{one}={slug(one)}:8080" for one in part.owners),
        "HTTP_PORT": "8080",
        **{
            f"{slug(one).partition('-')[0].upper()}_HTTP_URL": f"http://{slug(one)}:8080"
            for one in part.owners
        },
    }
    return {"image": _IMAGE, "environment": told, "networks": ["mesh"]}


@contextmanager
def _events(engine: Path) -> Generator[list[Mapping[str, Any]]]:
    """What the engine tells of containers; complete when the block has ended."""
    heard: list[Mapping[str, Any]] = []
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(
            ["docker", "events", "--format", "{{json .}}", "--filter", "type=container"],
            env={**os.environ, **bed.variables(engine)},
            stdout=said,
        )
        try:
            yield heard
        finally:
            process.terminate()
            process.wait()
            said.seek(0)
            heard += [json.loads(line) for line in said]


def _first(heard: list[Mapping[str, Any]], action: str) -> dict[str, float]:
    """By the name that Compose gives a service: when it first did that, in seconds."""
    found: dict[str, float] = {}
    for event in heard:
        name = event["Actor"]["Attributes"].get("com.docker.compose.service", "")
        if event["Action"] == action and name:
            found.setdefault(name, event["timeNano"] / 1e9)
    return found

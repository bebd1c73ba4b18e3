"""Brings a Docker engine of its own up and takes it down; `bed.json` says how to reach it.

It has its own folders, socket, containerd, bridge and range of addresses. Its containers reach each
other and this machine, nothing else.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from beds import places, processes
from beds.builds import Module, cache_folder, not_built, programs
from beds.docker import hosting, network
from beds.docker.images import BASES, NotMadeError, archive_of, is_made
from beds.failure import BedError, CannotHostError

KIND = "docker"
COMPOSE = "cmd"
"""what Go calls the plugin's program, after its package"""
_MODULE = Path(__file__).resolve().parent.parent.parent / "docker"
_READY_SECONDS = 60.0


def up(name: str, owner: int | None = None) -> dict[str, Any]:
    """A new engine; what its users need to know. One that did not come up is taken down again."""
    _refuse_where_impossible()
    plugin = programs(module(), [COMPOSE])[COMPOSE]
    archives = {base.name: (base, archive_of(base, _images())) for base in BASES}
    bed = places.make(name, KIND, owner)
    try:
        _start(bed, plugin)
        for base, archive in archives.values():
            changes = [word for change in base.changes for word in ("--change", change)]
            docker(bed, "import", *changes, str(archive), base.name)
        known = places.facts(bed) | {"up": True, "server": f"unix://{bed}/docker.sock"}
        places.write(bed, known)
    except BedError as error:
        kept = down(bed, keep_logs=True)
        raise BedError(f"{error}\nwhat its programs said is kept in {kept}") from error
    except BaseException:
        down(bed)
        raise
    return known


def down(bed: Path, *, keep_logs: bool = False) -> Path | None:
    """End all that runs in a bed and remove its folder; safe to do again, whatever is left of it.

    Returns where the logs are, when they were to be kept.
    """
    recorded = processes.parts(bed)
    if any(part.name == "dockerd" and processes.alive(part) for part in recorded):
        running = docker(bed, "ps", "--all", "--quiet", check=False).split()
        if running:
            docker(bed, "rm", "--force", "--volumes", *running, check=False)
        docker(bed, "network", "prune", "--force", check=False)
    for part in reversed(recorded):
        processes.stop(bed, part)
    processes.stop_marked(bed)
    _unmount(bed)
    if bridge := places.facts(bed).get("bridge"):
        network.remove(bridge)
    kept = places.keep_logs(bed) if keep_logs else None
    places.remove(bed)
    return kept


def variables(bed: Path) -> dict[str, str]:
    """What makes docker, and tierline, talk to a bed."""
    return {"DOCKER_HOST": f"unix://{bed}/docker.sock", "DOCKER_CONFIG": str(bed / "config")}


def build() -> None:
    """Build and pack what an engine needs and is not there yet."""
    _refuse_where_impossible()
    programs(module(), [COMPOSE])
    for base in BASES:
        archive_of(base, _images())


def missing() -> list[str]:
    """What would have to be built; an error where the machine cannot host an engine."""
    _refuse_where_impossible()
    plugin = ["Compose"] if not_built(module(), [COMPOSE]) else []
    return [*plugin, *(f"image {base.name}" for base in BASES if not is_made(base, _images()))]


def module() -> Module:
    """The Go module that pins Compose."""
    version = next(
        line.split()[-1]
        for line in (_MODULE / "go.mod").read_text().splitlines()
        if line.startswith("require github.com/docker/compose/v2 ")
    )
    stamp = f"-s -w -X github.com/docker/compose/v2/internal.Version={version}"
    return Module(_MODULE, {COMPOSE: "github.com/docker/compose/v2/cmd"}, stamp)


def docker(bed: Path, *words: str, check: bool = True) -> str:
    """What docker prints; BedError where it fails."""
    done = subprocess.run(
        ["docker", *words],
        env={**os.environ, **variables(bed)},
        capture_output=True,
        text=True,
        check=False,
    )
    if check and done.returncode:
        raise BedError(f"docker {words[0]}: {done.stderr.strip()}")
    return done.stdout


def _start(bed: Path, plugin: Path) -> None:
    plugins = bed / "config" / "cli-plugins"
    plugins.mkdir(parents=True)
    (plugins / "docker-compose").symlink_to(plugin)
    bridge = network.make()
    places.write(bed, places.facts(bed) | {"bridge": bridge})
    containerd = bed / "containerd.sock"
    (bed / "containerd.toml").write_text(
        'version = 2\ndisabled_plugins = ["io.containerd.grpc.v1.cri"]\n'
    )
    processes.start(bed, "containerd", [
        "containerd", "--config", bed / "containerd.toml", "--address", containerd,
        "--root", bed / "containerd", "--state", bed / "containerd-state",
    ])  # fmt: skip
    processes.wait_until(bed, containerd.exists, "containerd", _READY_SECONDS)
    (bed / "engine.json").write_text(json.dumps({"dns-opts": _NAMES}))
    processes.start(bed, "dockerd", [
        "dockerd", "--config-file", bed / "engine.json", "--containerd", containerd,
        "--data-root", bed / "data", "--exec-root", bed / "exec", "--pidfile", bed / "docker.pid",
        "--host", f"unix://{bed}/docker.sock", "--bridge", bridge, "--iptables=false",
        "--ip6tables=false", "--ip-masq=false", "--default-address-pool", network.pool(bridge),
    ])  # fmt: skip
    processes.wait_until(bed, lambda: _answers(bed), "dockerd", _READY_SECONDS)


_NAMES = ["timeout:1", "attempts:1"]
"""a bed may have no name server at all: a name that no container has is given up soon"""


def _answers(bed: Path) -> bool:
    return bool(docker(bed, "version", "--format", "{{.Server.Version}}", check=False).strip())


def _unmount(bed: Path) -> None:
    """Whatever its engine left mounted, the deepest first."""
    places_below = [
        line.split()[1]
        for line in Path("/proc/self/mounts").read_text().splitlines()
        if line.split()[1].startswith(f"{bed}/")
    ]
    for place in sorted(places_below, reverse=True):
        subprocess.run(["umount", "--lazy", place], capture_output=True, check=False)


def _images() -> Path:
    return cache_folder() / "docker-images"


def _refuse_where_impossible() -> None:
    if lacks := hosting.missing():
        lines = "\n".join(f"  - {one}" for one in lacks)
        raise CannotHostError(f"this machine cannot host a Docker engine:\n{lines}")


__all__ = ["KIND", "NotMadeError", "build", "docker", "down", "missing", "up", "variables"]

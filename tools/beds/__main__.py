"""Brings test beds up and takes them down: `.venv/bin/python tools/beds kube|docker up|down|env`, `list`, `sweep`."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from beds import places
from beds.docker import bed as docker
from beds.failure import BedError, CannotHostError
from beds.kube import bed as kube
from beds.kube.mesh_images import push_all


def main(words: list[str]) -> int:
    """Do as told; 1 with a message where a bed cannot be had."""
    given = _parser().parse_args(words)
    try:
        given.do(given)
    except BedError as error:
        print(f"beds: {error}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="beds", description=__doc__)
    kinds = parser.add_subparsers(required=True, metavar="kube|docker|list|sweep")
    verbs = kinds.add_parser("kube", help="a Kubernetes cluster").add_subparsers(required=True)
    for name, do, told in (
        ("build", _build, "build what it needs here, once for all beds of these versions"),
        ("up", _up, "bring it up; where it is up, say so"),
        ("down", _down, "end all of it, also what a crash left"),
        ("env", _env, "shell words that make kubectl talk to it"),
    ):
        verb = verbs.add_parser(name, help=told)
        verb.set_defaults(do=do)
        if name != "build":
            verb.add_argument("--name", default="kube", help="the bed's name (default: kube)")
        if name in {"build", "up"}:
            _say_what_is_wanted(verb)
    pushing = verbs.add_parser("images", help="build a mesh's images, push them, print their map")
    pushing.add_argument("mesh", type=Path, help="the root of the mesh")
    pushing.add_argument("--name", default="kube", help="the bed whose registry takes them")
    pushing.add_argument("--base", type=Path, metavar="TAR", help="root files with Python in them")
    pushing.set_defaults(do=_push)
    engine = kinds.add_parser("docker", help="a Docker engine").add_subparsers(required=True)
    for name, do, told in (
        ("build", _docker_build, "build what it needs here, once for all beds of these versions"),
        ("up", _docker_up, "bring it up; where it is up, say so"),
        ("down", _down, "end all of it, also what a crash left"),
        ("env", _docker_env, "shell words that make docker talk to it"),
    ):
        verb = engine.add_parser(name, help=told)
        verb.set_defaults(do=do)
        if name != "build":
            verb.add_argument("--name", default="docker", help="the bed's name (default: docker)")
    kinds.add_parser("list", help="all beds").set_defaults(do=_list)
    kinds.add_parser("sweep", help="take down beds whose owner is dead").set_defaults(do=_sweep)
    return parser


def _say_what_is_wanted(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--no-node", action="store_true", help="no real node: needs no root")
    verb.add_argument("--prometheus", action="store_true", help="Debian's Prometheus beside it")
    verb.add_argument(
        "--simulated", type=int, default=0, metavar="N", help="so many simulated nodes"
    )


def _wanted(given: argparse.Namespace) -> kube.Wanted:
    return kube.Wanted(
        node=not given.no_node, simulated=given.simulated, prometheus=given.prometheus
    )


def _build(given: argparse.Namespace) -> None:
    try:
        kube.build(_wanted(given))
    except CannotHostError as error:
        print(f"beds: {error}", file=sys.stderr)
        if given.no_node:
            return
        given.no_node = True
        _build(given)


def _up(given: argparse.Namespace) -> None:
    folder = places.folder_of(given.name)
    if folder.exists() and not places.facts(folder).get("up"):
        kube.down(folder)  # its starter died half way
    if not folder.exists():
        kube.up(given.name, _wanted(given))
    known = places.facts(folder)
    print(f"{given.name} is up: {known['server']}; use it by", file=sys.stderr)
    _env(given)


def _down(given: argparse.Namespace) -> None:
    _end(places.folder_of(given.name))
    print(f"{given.name} is down", file=sys.stderr)


def _env(given: argparse.Namespace) -> None:
    known = _known(given.name)
    print(f"export KUBECONFIG={known['kubeconfig']}")
    print(f"export TIERLINE_BED_REGISTRY={known['registry']}")
    print(f"alias kubectl={known['kubectl']}")


def _push(given: argparse.Namespace) -> None:
    registry = _known(given.name)["registry"]
    print(json.dumps(push_all(given.mesh.resolve(), registry, given.base), indent=2))


def _known(name: str) -> dict[str, Any]:
    known = places.facts(places.folder_of(name))
    if not known.get("up"):
        raise BedError(f"{name}: there is no such bed; .venv/bin/python tools/beds kube up")
    return known


def _docker_build(_: argparse.Namespace) -> None:
    try:
        docker.build()
    except CannotHostError as error:
        print(f"beds: {error}", file=sys.stderr)


def _docker_up(given: argparse.Namespace) -> None:
    folder = places.folder_of(given.name)
    if folder.exists() and not places.facts(folder).get("up"):
        _end(folder)  # its starter died half way
    if not folder.exists():
        docker.up(given.name)
    print(f"{given.name} is up; use it by", file=sys.stderr)
    _docker_env(given)


def _docker_env(given: argparse.Namespace) -> None:
    folder = places.folder_of(given.name)
    if not places.facts(folder).get("up"):
        raise BedError(f"{given.name}: there is no such bed; .venv/bin/python tools/beds docker up")
    for name, value in docker.variables(folder).items():
        print(f"export {name}={value}")


def _end(folder: Path) -> None:
    """By what kind of bed it is; one that died before it said so has nothing of Docker's."""
    end = docker.down if places.facts(folder).get("kind") == docker.KIND else kube.down
    end(folder)


def _list(_: argparse.Namespace) -> None:
    for folder in places.beds():
        known = places.facts(folder)
        print(f"{folder.name:<24} {known.get('kind', '?'):<12} {known.get('server', 'not up')}")


def _sweep(_: argparse.Namespace) -> None:
    for folder in places.abandoned():
        _end(folder)
        print(f"{folder.name}: its owner is dead; it is down", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

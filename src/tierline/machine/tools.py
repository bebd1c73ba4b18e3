"""Judges the programs that a machine has: compilers, interpreters, containers, contract tools."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tierline.facts.decision import Severity
from tierline.facts.machine import Machine, Tool
from tierline.frozen import frozen
from tierline.machine.model import Needs, Point
from tierline.machine.version import is_older
from tierline.machine.words import absent, counted, named

OLDEST_COMPOSE = "2.40.2"
"""older ones follow `include` and `extends` out of the mesh"""


@frozen
class Language:
    """How services of a language are released on this machine, and where its tool comes from."""

    name: str
    program: str
    verb: str
    install: str


LANGUAGES = {
    "go": Language("Go", "go", "building", "install Go{version}: https://go.dev/dl"),
    "python": Language(
        "Python", "python3", "running", "install Python{version}: apt-get install python3"
    ),
    "node": Language("Node", "node", "running", "install Node{version}: https://nodejs.org"),
}


def judge_language(language: str, machine: Machine, needs: Needs) -> Iterator[Point]:
    """The compiler or interpreter of a language, where some service is written in it."""
    services = needs.languages.get(language, ())
    if needs.here and not (services and needs.local):
        return
    known = LANGUAGES[language]
    minimum = needs.minimum.get(language)
    wanted = f" {minimum.version} or later" if minimum else ""
    point = _judged(
        Point(
            known.program,
            Severity.OK,
            f"{known.verb} {counted(services)} in {known.name}: {named(services)}"
            if needs.here
            else f"{known.verb} services in {known.name}",
            "",
            known.install.replace("{version}", wanted),
            services,
            required=bool(services),
        ),
        _own_python(machine) if language == "python" else machine.tools.get(known.program),
        minimum.version if minimum else "",
        f", as {minimum.service_id} asks" if minimum else "",
    )
    yield _may_fetch(point) if language == "go" and machine.fetches_go else point


def _may_fetch(point: Point) -> Point:
    """A go that is too old may fetch a newer one; whether it succeeds nobody knows before."""
    if "is older than" not in point.fact:
        return point
    said = f"{point.fact}; go would fetch that at the build, if it may"
    return absent(replace(point, fact=said), unknown=True)


def _own_python(machine: Machine) -> Tool | None:
    """The python3 of PATH, else the one that runs tierline: both run services."""
    found = machine.tools.get("python3")
    return found if found and found.path else Tool("the one that runs tierline", machine.python)


def judge_programs(machine: Machine, needs: Needs) -> Iterator[Point]:
    """The programs that [services.X.run] names and that have to be on PATH."""
    if not needs.local:
        return
    missing = [name for name in needs.programs if name not in machine.tools]
    lacking = [name for name, tool in machine.tools.items() if not tool.path]
    for name in sorted({*missing, *lacking} & needs.programs.keys()):
        services = needs.programs[name]
        yield Point(
            "program",
            Severity.FAIL,
            f"starting {counted(services)}: {named(services)}",
            f"{name} is not on PATH; [services.*.run] of tierline.toml names it",
            f"install {name}, or correct the command in tierline.toml",
            services,
            required=True,
        )


def judge_git(machine: Machine, needs: Needs) -> Iterator[Point]:
    """git: the selection `changed:`, the identity of a mesh without a name, the demo."""
    what = "the selection changed:"
    what += "" if needs.named else ", and the identity of a mesh without a name"
    point = Point("git", Severity.OK, f"{what}; demo, init --demo", "", "apt-get install git")
    yield _judged(point, machine.tools.get("git"))


def judge_docker(machine: Machine, needs: Needs) -> Iterator[Point]:
    """The engine, for the target compose."""
    if needs.here and needs.target != "compose":
        return
    yield _judged(
        Point(
            "docker",
            Severity.OK,
            f"the target compose{_all_of(needs)}",
            "",
            "install and start Docker Engine: https://docs.docker.com/engine/install "
            "(systemctl start docker)",
            required=needs.target == "compose",
        ),
        machine.tools.get("docker"),
    )


def judge_compose(machine: Machine, needs: Needs) -> Iterator[Point]:
    """Compose, of a version that keeps files inside the mesh."""
    if needs.here and needs.target != "compose":
        return
    yield _judged(
        Point(
            "compose",
            Severity.OK,
            f"the target compose{_all_of(needs)}",
            "",
            f"install the plugin docker-compose-plugin, {OLDEST_COMPOSE} or later",
            required=needs.target == "compose",
        ),
        machine.tools.get("compose"),
        OLDEST_COMPOSE,
        ": older ones follow include and extends out of a mesh",
    )


def judge_kubectl(machine: Machine, needs: Needs) -> Iterator[Point]:
    """kubectl, for whoever looks at the target kubernetes by hand: tierline speaks its API itself."""
    if needs.here and needs.target != "kubernetes":
        return
    point = Point(
        "kubectl",
        Severity.OK,
        "looking at the target kubernetes by hand",
        "",
        "install kubectl: https://kubernetes.io/docs/tasks/tools",
    )
    yield _judged(point, machine.tools.get("kubectl"))


def judge_contract_tool(
    program: str, what: str, fix: str, machine: Machine, needs: Needs
) -> Iterator[Point]:
    """A tool that judges contracts, where the mesh has some of its kind."""
    if needs.here and program not in needs.contracts:
        return
    yield _judged(Point(program, Severity.OK, what, "", fix), machine.tools.get(program))


def _all_of(needs: Needs) -> str:
    return f" of {needs.environment}: {counted(needs.services)}" if needs.here else ""


def _judged(point: Point, tool: Tool | None, minimum: str = "", why: str = "") -> Point:
    """The point with what is known of its tool; `why` follows the version that is asked for."""
    if tool is None or tool.silent:
        said = (tool.trouble if tool else "") or "it did not answer in time"
        fix = f"see why it hangs: run {point.id} by hand, in another folder, too"
        return absent(replace(point, fact=said, fix=fix), unknown=True)
    if not tool.path:
        return absent(replace(point, fact=tool.trouble or "not on PATH"))
    if tool.trouble:
        return absent(replace(point, fact=f"{tool.path}: {tool.trouble}"))
    if minimum and is_older(tool.version, minimum):
        said = f"{tool.version} ({tool.path}) is older than {minimum}{why}"
        return absent(replace(point, fact=said))
    return replace(point, fact=f"{tool.version} ({tool.path})", fix="")

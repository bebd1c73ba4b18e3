"""Finding codes of the gate that judges Compose files."""

from __future__ import annotations

from tierline.readiness.code import (
    ALWAYS_FAIL,
    ALWAYS_UNKNOWN,
    ALWAYS_WARN,
    FAIL,
    UNKNOWN_BEYOND_LOCAL,
    WARN,
    WARN_LOCALLY,
    Code,
)

_STOPS = "Compose refuses the file, and a release stops half way."
_REVISION = "What lies outside the mesh is in no revision: the same revision could be other code."
_HOST = (
    "A mesh may be hostile, and what it starts runs on a machine that holds more than this mesh."
)

COMPOSE = (
    Code(
        "compose/not-compose", "Not a Compose file", ALWAYS_FAIL, _STOPS,
        "Correct it: the message says what belongs there by the Compose specification.",
    ),
    Code(
        "compose/nothing-to-run", "Nothing to run", ALWAYS_FAIL, _STOPS,
        "Name an image, or say how to build one.",
    ),
    Code(
        "compose/leaves-mesh", "A path leads out of the mesh", ALWAYS_FAIL, _REVISION,
        "Keep what it names inside the mesh.",
    ),
    Code(
        "compose/host-path", "A path of the host", WARN_LOCALLY, _HOST,
        "Use a named volume, or a path relative to the file.",
    ),
    Code(
        "compose/variable-path", "A path that a variable decides", UNKNOWN_BEYOND_LOCAL, _HOST,
        "Write the path out, relative to the file.",
    ),
    Code(
        "compose/remote", "Built or taken from elsewhere", WARN_LOCALLY, _REVISION,
        "Keep it in the mesh.",
    ),
    Code(
        "compose/rights", "More rights than a service needs", ALWAYS_FAIL, _HOST,
        "Remove it; what really needs it is declared in the policy file: a waiver or [severity].",
    ),
    Code(
        "compose/missing-path", "A path that does not exist", WARN_LOCALLY, _STOPS,
        "Correct the path, or add what it names.",
    ),
    Code(
        "compose/moving-tag", "An image by a tag that moves", (WARN, WARN, FAIL),
        "The same file runs other code tomorrow, and nobody can go back to what ran.",
        "Name a version, or a digest.",
    ),
    Code(
        "compose/no-health-check", "No health check", ALWAYS_WARN,
        "Who waits for it to be healthy waits for its process only, or for ever.",
        "Add `healthcheck:` with a test of /healthz.",
    ),
    Code(
        "compose/port-differs", "Another port than the service listens on", WARN_LOCALLY,
        "Whoever connects reaches nobody, and a health check never passes.",
        "Correct the port, or set HTTP_PORT or GRPC_PORT.",
    ),
    Code(
        "compose/port-twice", "A port of the host published twice", WARN_LOCALLY,
        "Started together, the second cannot be published.", "Publish another port, or none.",
    ),
    Code(
        "compose/name-twice", "Two services of one name", WARN_LOCALLY,
        "Started together, one silently replaces the other.", "Give each a name of its own.",
    ),
    Code(
        "compose/undeclared", "A network, volume, secret or config that nobody declares",
        WARN_LOCALLY, _STOPS, "Declare it at the top of the file.",
    ),
    Code(
        "compose/network-not-in-base", "A network that the base file does not declare", ALWAYS_WARN,
        "Nobody else is in it, so owners cannot be reached.",
        "Use the network of the base file, or declare it there.",
    ),
    Code(
        "compose/unknown-dependency", "It waits for a service that does not exist", WARN_LOCALLY,
        _STOPS, "Name a service of a Compose file of this mesh.",
    ),
    Code(
        "compose/unknown-service", "It extends a service that does not exist", WARN_LOCALLY, _STOPS,
        "Name a service of the file that is extended.",
    ),
    Code(
        "compose/not-listed", "Not among the services that start together", WARN_LOCALLY,
        "docker-compose.services.yaml lists every service; without it, it is not started.",
        "Extend it in docker-compose.services.yaml.",
    ),
    Code(
        "compose/stray-file", "A Compose file that nothing takes", ALWAYS_WARN,
        "Only service.compose.yaml is started and judged; who counts on another file is mistaken.",
        "Put what counts into service.compose.yaml, and remove the file.",
    ),
    Code(
        "compose/not-judged", "Compose files were not compared", ALWAYS_UNKNOWN,
        "What could not be looked at is unknown, never in order.", "Check the whole mesh again.",
    ),
    Code(
        "compose/unresolved-variable", "A variable that nothing defines", ALWAYS_WARN,
        "Compose puts a blank in its place and only warns.",
        "Add it to .env.example, or give it a default: ${NAME:-value}.",
    ),
)  # fmt: skip

"""Finding codes of the gates that judge files and folders: structure, lifecycle, config, settings."""

from __future__ import annotations

from tierline.readiness.code import (
    ALWAYS_FAIL,
    ALWAYS_UNKNOWN,
    ALWAYS_WARN,
    FAIL,
    OK,
    UNKNOWN,
    WARN,
    WARN_LOCALLY,
    Code,
)

_PROFILE = (
    "Scripts, pipelines and people find things where the profile of the mesh says that they are."
)
_ONE_FOLDER = (
    "Its folder is what a service is built from and what its revision is taken of; without exactly "
    "one, nobody can say what would ship."
)
_GO = "Go finds a module by this path; with another one the build takes other code, or none."
_LISTED = "The list is what promotion to production goes by, so it must name services, each once."
_CONFIG = (
    "The file is what a service starts from when the environment says nothing else; what it says "
    "of the service must agree with what everybody else is told."
)
_TIGHTEN = (
    "A mesh may be written by people who do not decide how careful an environment is: it may ask "
    "for more than the policy, never for less."
)

STRUCTURE = (
    Code(
        "structure/missing-file", "A required file is missing", ALWAYS_FAIL, _PROFILE,
        "Create the file, or describe another profile in tierline.toml.",
    ),
    Code(
        "structure/missing-folder", "A required folder is missing", WARN_LOCALLY, _PROFILE,
        "Create the folder, or describe another profile in tierline.toml.",
    ),
    Code(
        "structure/not-a-file", "Not a regular file", ALWAYS_FAIL,
        "A folder, pipe or device in place of a file stops whoever reads it.",
        "Replace it by a regular file.",
    ),
    Code(
        "structure/empty-file", "A required file is empty", ALWAYS_FAIL,
        "An empty file passes for the real one until somebody needs what belongs in it.",
        "Write what belongs in it.",
    ),
    Code(
        "structure/nothing-runs", "Nothing of a service can be started", ALWAYS_FAIL,
        "A service that nobody can start cannot be released, nor can what depends on it.",
        "Add cmd/<workload>/main.go or main.py, a script in package.json, or [services.X.run] in "
        "tierline.toml.",
    ),
    Code(
        "structure/placeholder", "An api that prints something and ends", ALWAYS_WARN,
        "Nobody can reach it, and a rollout of it fails.",
        "Start the service there. Until then it is a scaffold: do not list it as implemented.",
    ),
    Code(
        "structure/other-language", "Written in another language than the mesh", WARN_LOCALLY,
        "It runs here all the same; what a profile asks for because of its language is not asked "
        "of it, so pipelines of the mesh may not know how to build it.",
        "Give it the files of the profile, waive it, or choose a profile of its language.",
    ),
    Code(
        "structure/no-folder", "A service has no folder", ALWAYS_FAIL, _ONE_FOLDER,
        "Create the folder that the message names, or drop the service from the index.",
    ),
    Code(
        "structure/several-folders", "A service has several folders", ALWAYS_FAIL, _ONE_FOLDER,
        "Keep the one in the domain that the index declares.",
    ),
    Code(
        "structure/wrong-domain", "A folder lies in another domain", ALWAYS_FAIL,
        "The domain decides in which tier a service starts; the folder and the index contradict "
        "each other.",
        "Move the folder, or correct the domain where the index comes from.",
    ),
    Code(
        "structure/undeclared-folder", "A folder that no service declares", WARN_LOCALLY,
        "Nobody checks, orders or verifies what the index does not have.",
        "Declare the service in the canonical inputs and regenerate the index, or remove it.",
    ),
    Code(
        "structure/unknown-domain-folder", "A domain that the profile does not have", WARN_LOCALLY,
        "Services below it have no tier, and no gate looks at them.",
        "Move its services into a domain, or declare the domain in tierline.toml.",
    ),
    Code(
        "structure/link-leaves-mesh", "A symlink leads out of the mesh", ALWAYS_FAIL,
        "What it points at differs from machine to machine, and a hostile mesh could show files "
        "of this one. It is never followed.",
        "Replace it by what it points at.",
    ),
    Code(
        "structure/unusable-path", "A path that cannot be used", ALWAYS_UNKNOWN,
        "What could not be looked at is unknown, never in order: a socket, a folder that may not "
        "be listed, a name that no terminal can show.",
        "Rename or remove it, or make it readable.",
    ),
    Code(
        "structure/no-module", "No module directive", ALWAYS_FAIL, _GO, "Declare the module's path.",
    ),
    Code(
        "structure/duplicate-module", "Several module directives", ALWAYS_FAIL, _GO, "Keep one.",
    ),
    Code(
        "structure/module-path", "Another module path than the folder's", ALWAYS_FAIL, _GO,
        "Write the path that the message names.",
    ),
    Code(
        "structure/module-outside", "A module is built from outside the mesh", ALWAYS_FAIL,
        "What lies outside the mesh is in no revision: the same revision could be other code.",
        "Keep what is built from inside the mesh.",
    ),
    Code(
        "structure/go-directive", "Not a directive of go.mod or go.work", ALWAYS_FAIL, _GO,
        "Write one of the directives that the message names.",
    ),
    Code(
        "structure/go-syntax", "Not the syntax of go.mod or go.work", ALWAYS_FAIL, _GO,
        "Correct the syntax at the place named.",
    ),
    Code(
        "structure/duplicate-use", "go.work uses a folder twice", ALWAYS_FAIL, _GO, "Keep one.",
    ),
    Code(
        "structure/not-in-go-work", "go.work does not use a service", ALWAYS_FAIL,
        "Without it the service builds with the released modules, not with those of this mesh.",
        "Add a use directive with the service's folder.",
    ),
    Code(
        "structure/bootstrap", "No bootstrap package", ALWAYS_FAIL,
        "api and worker both start the service through this package; a scaffold without it prints "
        "a placeholder and exits.",
        "Add a file of the package with `func Build(` or `func NewRuntime(` at its top level.",
    ),
    Code(
        "structure/bootstrap-unread", "The bootstrap package could not be read", ALWAYS_UNKNOWN,
        "What could not be looked at is unknown, never in order.",
        "Make the file readable and smaller.",
    ),
)  # fmt: skip

LIFECYCLE = (
    Code(
        "lifecycle/not-listed", "Not listed as implemented", ALWAYS_WARN, _LISTED,
        "List the service once it has business code, contracts and passing tests.",
        demand="implemented",
    ),
    Code(
        "lifecycle/unknown-service", "A listed service that the index does not have", ALWAYS_FAIL,
        _LISTED, "Correct the id, or remove it from the list.",
    ),
    Code(
        "lifecycle/placeholder", "A listed service that does nothing", ALWAYS_FAIL, _LISTED,
        "Remove it from the list, or let it serve.",
    ),
    Code(
        "lifecycle/event-without-contract", "An event without a contract file", WARN_LOCALLY,
        "Producer and consumer of an event agree on nothing but its contract.",
        "Write contracts/events/<event>.json.", demand="boundaries",
    ),
    Code(
        "lifecycle/missing-state", "A lifecycle state is not described", WARN_LOCALLY,
        "People decide by this document what a service may be used for.",
        "Describe scaffold-only, implemented and production-ready.",
    ),
    Code(
        "lifecycle/state-order", "Lifecycle states out of order", ALWAYS_WARN,
        "The document leads from the lowest state to the highest.", "Put the lowest state first.",
    ),
    Code(
        "lifecycle/not-judged", "The lifecycle could not be judged", ALWAYS_UNKNOWN,
        "What could not be looked at is unknown, never in order.", "Write or mend the file.",
    ),
)  # fmt: skip

CONFIG = (
    Code(
        "config/id-differs", "Configured with another service id", ALWAYS_FAIL, _CONFIG,
        "Write the id that the index has: telemetry is told apart by it.",
    ),
    Code(
        "config/domain-differs", "Configured with another domain", ALWAYS_FAIL, _CONFIG,
        "Write the domain that the index has.",
    ),
    Code(
        "config/bad-port", "Not a port", ALWAYS_FAIL, _CONFIG, "Write a number from 1 to 65535.",
    ),
    Code(
        "config/port-twice", "Two listeners on one port", ALWAYS_FAIL,
        "The second of them cannot listen, and the service dies at its start.",
        "Give each its own port.",
    ),
    Code(
        "config/variable-for-number", "A variable where a number belongs", WARN_LOCALLY,
        "A reader that does not expand variables finds a text, and the service dies at its start.",
        "Write a number, or give the variable a default: ${HTTP_PORT:-8080}.",
    ),
    Code(
        "config/not-a-list", "A text where a list belongs", ALWAYS_FAIL,
        "A variable expands to one text, never to a list, so the service dies at its start.",
        "Write a list with an entry for each variable.",
    ),
    Code(
        "config/variable-for-list", "A variable where a list seems to belong", ALWAYS_WARN,
        "A variable expands to one text; a reader that expects a list dies at its start.",
        "Write a list with an entry for each variable.",
    ),
    Code(
        "config/unresolved-variable", "A variable that nothing defines", (FAIL, UNKNOWN, UNKNOWN),
        "Unexpanded, it is an address that leads nowhere. Beyond local something else than the "
        "service's own files may define it.",
        "Add it to .env.example, or to [local.variables] of tierline.toml.",
    ),
    Code(
        "config/only-deployed", "A variable that nothing defines locally", (FAIL, OK, OK),
        "A manifest or the Compose file defines it, which a service that runs here does not get.",
        "Add it to .env.example, or to [local.variables] of tierline.toml.",
    ),
    Code(
        "config/not-deployed", "A variable that no manifest defines", (OK, WARN, WARN),
        "What .env.example defines is for people's machines; a container does not get it.",
        "Set it in the container's `env`, or in its ConfigMap.",
    ),
    Code(
        "config/owner-without-address", "Nobody knows which address is an owner's", ALWAYS_WARN,
        "The local target gives every service free ports, so it has to write the address of an "
        "owner where the service looks for it.",
        "Name the owner in the key, or say in [services.X.addresses] of tierline.toml which it is.",
    ),
    Code(
        "config/env-line", "Not NAME=value", ALWAYS_FAIL,
        "A line that cannot be read may have been the definition that a service needs.",
        "Write NAME=value.",
    ),
    Code(
        "config/not-judged", "A configuration could not be judged", ALWAYS_UNKNOWN,
        "What could not be looked at is unknown, never in order.", "Write or mend the file.",
    ),
)  # fmt: skip

SETTINGS = (
    Code(
        "settings/unknown-profile", "A profile that nobody defines", ALWAYS_FAIL, _PROFILE,
        "Name a profile that exists, or describe it in tierline.toml.",
    ),
    Code(
        "settings/unknown-service", "Settings of a service that is not there", WARN_LOCALLY,
        "Whoever wrote them believes that they count.", "Correct the id, or remove them.",
    ),
    Code(
        "settings/policy-file", "An error in the policy file", ALWAYS_FAIL,
        "A policy with an error in it must not decide anything.", "Correct the policy file.",
    ),
    Code(
        "settings/policy-table", "An error in [policy] of tierline.toml", ALWAYS_FAIL, _TIGHTEN,
        "Correct the key that the message names.",
    ),
    Code(
        "settings/loosens", "The mesh tries to loosen its policy", ALWAYS_FAIL, _TIGHTEN,
        "Remove the key, or ask for the change in the policy file.",
    ),
    Code(
        "settings/unknown-code", "A severity of a finding that does not exist", (WARN, WARN, WARN),
        "Whoever wrote it believes that the mesh is stricter than it is.",
        "Correct the code, or remove the line.",
    ),
)  # fmt: skip

"""Finding codes of what decides order and readiness: index, load-order, owners, readiness itself."""

from __future__ import annotations

from tierline.readiness.code import (
    ALWAYS_FAIL,
    ALWAYS_UNKNOWN,
    ALWAYS_WARN,
    UNKNOWN,
    UNKNOWN_BEYOND_LOCAL,
    WARN_LOCALLY,
    Code,
)

_GENERATED = (
    "The file is generated: scripts of the mesh compare it byte by byte, and whatever is derived "
    "from it must be the same on every machine."
)
_ORDER = (
    "People and scripts roll out by this document; where it differs from the index, they start "
    "services before their owners."
)
_REGENERATE = "Regenerate it: tierline index generate."
_OWNER = "A service that starts before its owner works on data that nobody serves yet."

INDEX = (
    Code(
        "index/no-services", "The index declares no service", WARN_LOCALLY,
        "A new mesh begins so. A release of nothing is refused, never GO.",
        "Add one: tierline init --service ID --domain DOMAIN.",
    ),
    Code(
        "index/stale", "The index differs from its inputs", ALWAYS_FAIL,
        "Order, owners and domains are taken from the index; a stale one orders another mesh.",
        "Regenerate the index from its canonical inputs, or correct the inputs.",
    ),
    Code(
        "index/freshness-not-judged", "Freshness of the index is unknown", UNKNOWN_BEYOND_LOCAL,
        "Without its canonical inputs nobody can say whether the index is up to date.",
        "Put the inputs where tierline.toml says, or into viralForge/specs beside the mesh.",
    ),
    Code(
        "index/architecture", "Not a microservice", ALWAYS_FAIL, _GENERATED,
        "List microservices only.",
    ),
    Code(
        "index/unknown-domain", "A domain that the profile does not have", ALWAYS_FAIL,
        "The domain decides in which tier a service starts.",
        "Correct it, or declare the domain in the profile of tierline.toml.",
    ),
    Code(
        "index/module-path", "Another module path than the service's folder", ALWAYS_FAIL,
        _GENERATED, "Write the path that the message names.",
    ),
    Code(
        "index/bad-provides", "Neither http nor an event", ALWAYS_FAIL, _GENERATED,
        "Write `http` or `EVENT:<name>`.",
    ),
    Code(
        "index/bad-event", "Not the name of an event", ALWAYS_FAIL,
        "The name is also that of the contract's file, so it must be a safe one.",
        "Write letters, digits, `_`, `-` and `.` between them.",
    ),
    Code(
        "index/duplicate-entry", "An entry stands twice in a list", ALWAYS_FAIL, _GENERATED,
        "Keep one of the two.",
    ),
    Code(
        "index/duplicate-short-id", "Two services share a short id", ALWAYS_FAIL,
        "People and selections name services by it.", "Give one of them another id.",
    ),
    Code(
        "index/order", "Entries out of order", WARN_LOCALLY, _GENERATED, "Regenerate the index.",
    ),
    Code(
        "index/format", "Not written as it is generated", ALWAYS_WARN, _GENERATED,
        _REGENERATE,
    ),
)  # fmt: skip

LOAD_ORDER = (
    Code(
        "load-order/cycle", "Services wait for each other", ALWAYS_FAIL,
        "No service of a cycle can start first, and what depends on it never starts.",
        "Remove one of the dependencies that the message lists.",
    ),
    Code(
        "load-order/cycle-through-externals", "A cycle through services outside the mesh",
        ALWAYS_FAIL, "It is a cycle all the same: after a total outage nothing could start.",
        "Remove one of the dependencies that the message lists.",
    ),
    Code(
        "load-order/tier-inversion", "An owner starts in a later tier", ALWAYS_WARN,
        "Dependencies bind and tiers order, so the service moves to the tier of its owner.",
        "Move one of the two to another domain, or live with the later start.",
    ),
    Code(
        "load-order/differs", "The document differs from the index", ALWAYS_FAIL, _ORDER,
        _REGENERATE,
    ),
    Code(
        "load-order/format", "Not written as it is generated", ALWAYS_WARN, _GENERATED,
        _REGENERATE,
    ),
    Code(
        "load-order/not-judged", "The load order could not be judged", ALWAYS_UNKNOWN,
        "What could not be looked at is unknown, never in order.", "Write or mend the file.",
    ),
    *(
        Code(f"load-order/{slug}", title, ALWAYS_FAIL, _ORDER, _REGENERATE)
        for slug, title in (
            ("missing-section", "A section is missing"),
            ("missing-title", "The title is missing"),
            ("duplicate-section", "A section stands twice"),
            ("bad-line", "A line that says nothing"),
            ("level-number", "Levels are not counted from 0"),
            ("tier-number", "Tiers are not counted from 0"),
            ("count", "A count differs from what it counts"),
        )
    ),
)  # fmt: skip

OWNERS = (
    Code(
        "owners/self", "A service depends on itself", ALWAYS_FAIL,
        "It would wait for itself and never start.", "Remove the dependency.",
    ),
    Code(
        "owners/unknown", "An owner that nobody knows", ALWAYS_FAIL,
        "Neither the mesh nor the architecture map has it, so nobody serves that data.",
        "Correct the id, or remove the dependency.",
    ),
    Code(
        "owners/retired", "An owner that is retired", ALWAYS_FAIL,
        "A retired service is gone, or will be.", "Depend on its successor.",
    ),
    Code(
        "owners/external", "An owner outside the mesh", ALWAYS_WARN,
        "Nothing in the mesh says whether it runs: locally it is assumed, elsewhere a probe or an "
        "attestation has to say so.",
        "Say in the policy file who vouches for it: [environments.E.externals.ID] with a probe, or with author, reason and expires.", demand="externals", when_required=UNKNOWN,
    ),
    Code(
        "owners/external-unhealthy", "An external does not answer", UNKNOWN_BEYOND_LOCAL, _OWNER,
        "Wait until it is healthy, or ask its team.",
    ),
)  # fmt: skip

READINESS = (
    Code(
        "readiness/owner-not-ready", "An owner in the selection is not GO", ALWAYS_UNKNOWN, _OWNER,
        "Mend the owner at the end of the chain.",
    ),
    Code(
        "readiness/owner-not-observed", "An owner outside the selection was not seen",
        ALWAYS_UNKNOWN, "Its source tree says nothing about whether it runs.",
        "Roll it out first, or select it too: +SERVICE.",
    ),
    Code(
        "readiness/owner-not-healthy", "An owner outside the selection is not healthy",
        ALWAYS_UNKNOWN, _OWNER, "Mend it, or select it too: +SERVICE.",
    ),
    Code(
        "readiness/no-order", "No order exists for a service", ALWAYS_UNKNOWN,
        "It is on a cycle of dependencies, or waits for one.", "Break the cycle.",
    ),
    Code(
        "readiness/partial-check", "Some gates were left out", ALWAYS_UNKNOWN,
        "A gate that did not judge is unknown, never in order.", "Check again with every gate.",
    ),
)  # fmt: skip

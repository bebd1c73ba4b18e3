"""Finding codes of the gate that judges contracts of events."""

from __future__ import annotations

from tierline.readiness.code import ALWAYS_FAIL, ALWAYS_UNKNOWN, ALWAYS_WARN, WARN_LOCALLY, Code

_AGREED = "Producer and consumers of an event agree on nothing but its contract."
_ASKED = "Nobody can be asked about an event whose producer is unknown."

EVENT_CONTRACTS = (
    Code(
        "event-contracts/event-type", "An event file of another event", WARN_LOCALLY,
        "Readers find the contract of an event by the name of its file.",
        "Name the file after its event.",
    ),
    Code(
        "event-contracts/bad-producer", "The producer is not a service", WARN_LOCALLY, _ASKED,
        "Write the full id of the service that provides it.",
    ),
    Code(
        "event-contracts/not-the-producer", "The producer does not provide the event",
        WARN_LOCALLY, "Whoever a contract names answers for it; this one does not even send it.",
        "Name the service that provides it, or let the index say so.",
    ),
    Code(
        "event-contracts/unknown-producer", "A producer that nobody knows", WARN_LOCALLY, _ASKED,
        "Correct the id.",
    ),
    Code(
        "event-contracts/several-producers", "An event with several producers", ALWAYS_WARN,
        "Each may change what it sends, and the contract names only one of them.",
        "Leave the event to one of them, or give each one of its own.",
    ),
    Code(
        "event-contracts/external-event", "A consumed event from outside the mesh", ALWAYS_WARN,
        "Nothing in the mesh says whether anybody sends it.",
        "Nothing if it comes from outside; else let its producer declare it.",
    ),
    Code(
        "event-contracts/no-contract", "An event without a contract", WARN_LOCALLY, _AGREED,
        "Write contracts/events/<event>.json.", demand="boundaries",
    ),
    Code(
        "event-contracts/unused", "A contract that nobody uses", ALWAYS_WARN,
        "It is kept compatible for nobody, or its users are not declared.",
        "Remove it, or declare the event where it is used.",
    ),
    Code(
        "event-contracts/stray-file", "A file that is no contract among the contracts", ALWAYS_WARN,
        "Whoever wrote it may believe that it is read.", "Name it <event>.json, or move it.",
    ),
    Code(
        "event-contracts/not-a-schema", "The payload's schema is no JSON Schema", ALWAYS_FAIL,
        "Readers refuse such a schema, or ignore the part that is wrong and check nothing.",
        "Correct the keyword that the message names.",
    ),
    Code(
        "event-contracts/broken-reference", "A reference that leads nowhere", ALWAYS_FAIL,
        "What the reference should say is said by nobody.", "Correct the reference.",
    ),
    Code(
        "event-contracts/remote-reference", "A reference out of the mesh", ALWAYS_WARN,
        "It is never fetched here, and what it leads to may change without any release.",
        "Keep the schema in the mesh.",
    ),
    Code(
        "event-contracts/not-judged", "A schema could not be judged", ALWAYS_UNKNOWN,
        "What could not be looked at is unknown, never in order.", "Write it plainly.",
    ),
)  # fmt: skip

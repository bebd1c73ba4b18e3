"""Finding codes of the gates that compare events and OpenAPI documents with those of before."""

from __future__ import annotations

from collections.abc import Iterator

from tierline.readiness.code import ALWAYS_WARN, UNKNOWN, Code

_EVENT, _API = "event-breaking", "openapi-breaking"
_WHY = {
    _EVENT: "Events outlive the release that wrote them: old readers meet new events, and new readers "
    "meet old ones.",
    _API: "During a rollout, and until every dependent has moved, callers speak the old contract.",
}
_READ_FIRST = "Keep old values readable, and write new ones only once every reader knows them."
_WRITE_FIRST = "Write it first, require it once everybody writes it; write on what others require."
_BOTH = {
    "type": ("The type changed", "Add a property with the new type beside the old one."),
    "enum": ("The values that are allowed changed", _READ_FIRST),
    "range": ("The range of a number changed", "Widen what is read first, then what is written."),
    "multiple-of": ("`multipleOf` changed", "Keep it, or add a property beside it."),
    "length": ("The length of a text changed", "Widen what is read first, then what is written."),
    "pattern": ("The pattern of a text changed", "Keep it, or add a property beside it."),
    "format": ("The format of a value changed", "Add a property with the new format."),
    "required": ("A property became required, or optional", _WRITE_FIRST),
    "property": ("A property that the other side does not allow", "Let readers allow it first."),
    "additional-properties": ("An object was closed, or opened", "Leave objects open for more."),
    "property-count": ("The number of properties changed", "Widen what is read first."),
    "dependent-required": ("A property needs another one", "Write both first, and require it then."),
    "tuple": ("The items that an array may have changed", "Add a property beside it."),
    "item-count": ("The number of items changed", "Widen what is read first."),
    "unique-items": ("Items have to differ, or no longer", "Write unique items first."),
    "contains": ("What an array has to contain changed", "Write it first, and require it then."),
    "choice": ("The branches of a choice changed", "Let readers know a new branch first."),
    "removed": ("A contract was removed", "Keep it until nobody uses it."),
}  # fmt: skip
"""rule -> title, fix"""
_OF_APIS = {
    "operation-removed": ("An operation was removed", "Keep it until nobody calls it."),
    "parameter-removed": ("A parameter was removed", "Go on accepting it."),
    "parameter-required": ("A parameter became required", "Give it a default instead."),
    "parameter-location": ("A parameter moved", "Accept it in both places."),
    "parameter-style": ("A parameter is written otherwise", "Add a parameter beside it."),
    "body-removed": ("A request body was removed", "Go on accepting it."),
    "body-required": ("A request body became required", "Go on accepting requests without it."),
    "media-type-removed": ("A media type was removed", "Keep it until nobody asks for it."),
    "status-removed": ("A successful answer was removed", "Keep the status that callers know."),
    "header-removed": ("A header that answers promised is gone", "Go on sending it."),
    "security": ("Callers prove otherwise who they are", "Accept the old way beside the new one."),
    "incompatible": ("A change that oasdiff calls breaking", "Keep the old beside the new."),
}  # fmt: skip


def allowed_code(gate: str) -> Code:
    """That something may go since nobody who is known needs it."""
    return Code(
        f"{gate}/allowed", "Something that nobody needs any more was taken away", ALWAYS_WARN,
        "Every consumer that runs, would run, or may still be gone back to (the horizon of the "
        "policy) was compared, and goes on working. Callers from outside the mesh are not known.",
        "Nothing, if nobody outside the mesh calls it; else keep it.",
    )  # fmt: skip


def _codes() -> Iterator[Code]:
    for gate, rules in ((_EVENT, _BOTH), (_API, _BOTH | _OF_APIS)):
        for rule, (title, fix) in rules.items():
            yield Code(f"{gate}/{rule}", title, ALWAYS_WARN, _WHY[gate], fix, demand="contracts")
        yield Code(
            f"{gate}/undecided", "A change that may break somebody", ALWAYS_WARN,
            "Nobody could tell, so nobody knows whom it breaks.",
            "Look at the change, and waive it if it is good; or write it more simply.",
            demand="contracts", when_required=UNKNOWN,
        )  # fmt: skip
        yield allowed_code(gate)
        yield Code(
            f"{gate}/no-reference", "Nothing to compare the contracts with", ALWAYS_WARN,
            "What nobody could compare may break whoever still speaks the old contract.",
            "Name a commit that has the contracts of before: --against main.",
            demand="contracts", when_required=UNKNOWN,
        )  # fmt: skip


BREAKING = tuple(_codes())

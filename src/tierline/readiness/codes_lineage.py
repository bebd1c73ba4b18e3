"""Finding codes of the gate that judges retired ids."""

from __future__ import annotations

from tierline.readiness.code import (
    ALWAYS_FAIL,
    ALWAYS_WARN,
    UNKNOWN_BEYOND_LOCAL,
    WARN_LOCALLY,
    Code,
)

_FOLLOWED = "Whoever still uses a retired id must find its successor."
_MISSING = (
    "An id that may be missing is never missed: one that nobody took over from hides a service "
    "that was lost."
)

ALIAS_LINEAGE = (
    Code(
        "alias-lineage/not-retired", "An alias that may not be missing", ALWAYS_FAIL, _FOLLOWED,
        "Add its short id to allow_missing_ids of service-category-map.yaml.",
    ),
    Code(
        "alias-lineage/unexplained", "An id may be missing without being an alias", ALWAYS_FAIL,
        _MISSING, "Name its successor, or declare it as an exception.",
    ),
    Code(
        "alias-lineage/successor-retired", "A successor may be missing itself", ALWAYS_FAIL,
        _FOLLOWED, "Name the service that is there now as the successor of both.",
    ),
    Code(
        "alias-lineage/not-superseded", "A successor does not name its alias", ALWAYS_FAIL,
        _FOLLOWED, "Add the alias's full id to `supersedes` of its successor.",
    ),
    Code(
        "alias-lineage/not-in-table", "A superseded id is not in the table of aliases", ALWAYS_WARN,
        "The table is what people look into; half a table is trusted like a whole one.",
        "Add it to tooling/manifests/alias-lineage.yaml.",
    ),
    Code(
        "alias-lineage/unknown-successor", "A successor that nobody knows", ALWAYS_FAIL, _FOLLOWED,
        "Name a service of the mesh or of the architecture map.",
    ),
    Code(
        "alias-lineage/two-successors", "An alias with two successors", ALWAYS_FAIL,
        "Nobody can say which of the two owns its data now.", "Name the one that took over.",
    ),
    Code(
        "alias-lineage/still-there", "A retired id is still in the index", WARN_LOCALLY,
        "A service is either retired or released, never both.",
        "Drop it from the inputs of the index, or from the aliases.",
    ),
    Code(
        "alias-lineage/self", "An alias of itself", ALWAYS_FAIL, _FOLLOWED,
        "Name the service that took over.",
    ),
    Code(
        "alias-lineage/duplicate-entry", "An id stands twice in a list", ALWAYS_WARN,
        "Whoever removes one of the two believes that the id is gone.", "Keep one of the two.",
    ),
    Code(
        "alias-lineage/not-judged", "Retired ids could not be judged", UNKNOWN_BEYOND_LOCAL,
        "Without the table of aliases and the category map nobody can say which ids are retired.",
        "Write the table, or put the inputs of the index beside the mesh.",
    ),
)  # fmt: skip

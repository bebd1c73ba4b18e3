"""A comparison of schemas that says "compatible" is never refuted by a value, and breaks are real."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from made.contract_files import BACKWARD, FORWARD, event_changes
from made.schemas import NAMES, clashes, like, mutated, schema
from tierline.contracts.change import broken, undecided

SEEDS = 600
VALUES = 80


def pairs(seed: int) -> tuple[Any, Any]:
    """A schema and a near relative of it, or a stranger."""
    rng = random.Random(seed)
    old = schema(rng)
    return old, mutated(rng, old) if rng.random() < 0.8 else schema(rng)


def witness(writer: Any, reader: Any, seed: int) -> Any:
    """A value that the writer's schema allows and the reader's refuses; `()` where none was met."""
    rng = random.Random(seed)
    written, read = Draft202012Validator(writer), Draft202012Validator(reader)
    for _ in range(VALUES):
        found = like(rng, rng.choice((writer, writer, reader)), NAMES)
        valid = written.is_valid(found) and not read.is_valid(found)
        if valid and not clashes(writer, reader, found):
            return found
    return ()


def judged(seed: int) -> list[tuple[str, Any]]:
    """What is said of both directions, and what refutes that the writer's values are all read."""
    old, new = pairs(seed)
    changes = event_changes(old, new)
    found: list[tuple[str, Any]] = []
    for side, writer, reader in ((BACKWARD, old, new), (FORWARD, new, old)):
        said = "breaks" if side in broken(changes) else "unknown"
        said = said if side in broken(changes) | undecided(changes) else "fits"
        found.append((said, witness(writer, reader, seed)))
    return found


@pytest.mark.parametrize("part", range(6))
def test_what_is_said_to_fit_is_never_refuted(part: int) -> None:
    for seed in range(part, SEEDS, 6):
        for said, found in judged(seed):
            assert said != "fits" or found == (), f"seed {seed}: {pairs(seed)} {found}"


def test_most_breaks_have_a_witness_and_not_everything_is_unknown() -> None:
    counted = Counter(
        (said, found != ()) for seed in range(SEEDS, SEEDS + 300) for said, found in judged(seed)
    )
    breaks = counted["breaks", True] + counted["breaks", False]
    assert counted["breaks", True] > 0.8 * breaks > 100
    assert counted["fits", False] > 200
    assert counted["unknown", True] + counted["unknown", False] < 0.35 * counted.total()

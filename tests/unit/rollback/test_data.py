"""What data keeps from going back, from when on, and why."""

from __future__ import annotations

from tierline.boundary.model import Fit
from tierline.rollback.codes import (
    DATA_UNKNOWN,
    DESTRUCTIVE_MIGRATION,
    NEW_FORMAT,
    OWNER_WROTE,
)
from tierline.rollback.data import DataFacts, DataUse, Harm, data_pins, ownership_ties
from tierline.rollback.model import Edge, Pin

DROPS = Harm(4, DESTRUCTIVE_MIGRATION, "migration 4 drops table a")


def test_a_migration_pins_from_the_start_that_applies_it() -> None:
    facts = DataFacts({"A": DataUse(epoch=3)}, {"A": DataUse(epoch=4, harms=(DROPS,))})
    pin = Pin(DESTRUCTIVE_MIGRATION, "A: migration 4 drops table a", 2)
    assert data_pins(("B", "A"), facts) == {"A": (pin,)}


def test_what_was_applied_before_pins_at_once() -> None:
    new = DataUse(epoch=4, harms=(DROPS,))
    facts = DataFacts({"A": DataUse(epoch=3)}, {"A": new}, (), {"A": 4})
    assert [pin.after for pin in data_pins(("B", "A"), facts)["A"]] == [0]
    later = DataFacts({"A": DataUse(epoch=3)}, {"A": new}, (), {"A": 5})
    assert [pin.code for pin in data_pins(("A",), later)["A"]] == [
        DATA_UNKNOWN,
        DESTRUCTIVE_MIGRATION,
    ]


def test_what_the_old_revision_says_it_accepts_overrules_what_files_look_like() -> None:
    new = DataUse(epoch=4, harms=(DROPS,))
    assert not data_pins(("A",), DataFacts({"A": DataUse(3, (2, 4))}, {"A": new}))
    refused = data_pins(("A",), DataFacts({"A": DataUse(3, (2, 3))}, {"A": new}))
    assert [pin.code for pin in refused["A"]] == [DESTRUCTIVE_MIGRATION]


def test_what_did_not_run_before_reads_nothing() -> None:
    assert not data_pins(("A",), DataFacts({}, {"A": DataUse(epoch=4, harms=(DROPS,))}))


def test_a_format_that_somebody_writes_pins_whoever_cannot_read_it() -> None:
    old = {"reader": DataUse(reads=("bus=1",)), "other": DataUse(reads=("store=1",))}
    facts = DataFacts(old, {"writer": DataUse(writes=("bus=2",))})
    why = "writer wrote bus in format 2, which the old reader cannot read"
    order = ("reader", "writer", "other")
    assert data_pins(order, facts) == {"reader": (Pin(NEW_FORMAT, why, 2),)}


def test_who_takes_data_over_is_tied_to_its_former_owner() -> None:
    facts = DataFacts(
        {"A": DataUse(owns=("d",)), "B": DataUse()}, {"A": DataUse(), "B": DataUse(owns=("d",))}
    )
    assert [pin.code for pin in data_pins(("A", "B"), facts)["B"]] == [OWNER_WROTE]
    why = "d belongs to B now, and belonged to A"
    tie = Edge("B", "A", "ownership of d", Fit.NO, Fit.NO, why, why)
    assert ownership_ties(("A", "B"), facts) == (tie,)


def test_who_takes_data_over_from_one_that_has_not_started_stays() -> None:
    facts = DataFacts({"B": DataUse()}, {"B": DataUse(owns=("d",))}, owners={"d": "A"})
    why = "B took over d and may have written to it"
    assert data_pins(("B",), facts) == {"B": (Pin(OWNER_WROTE, why, 1),)}
    assert ownership_ties(("B",), facts) == ()


def test_whose_words_on_data_cannot_be_understood_stays() -> None:
    facts = DataFacts({"A": DataUse()}, {"A": DataUse(unclear="deploy/release.yaml is torn")})
    (pin,) = data_pins(("B", "A"), facts)["A"]
    assert (pin.code, pin.after) == (DATA_UNKNOWN, 2)
    assert pin.why == "A: deploy/release.yaml is torn"

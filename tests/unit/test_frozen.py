"""Frozen values behave as frozen dataclasses with slots do."""

import copy
import dataclasses
import inspect
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tierline.frozen import frozen


@frozen
class Ours:
    """One of ours."""

    name: str
    count: int = 3
    notes: dict[str, int] = dataclasses.field(default_factory=dict[str, int])


@dataclasses.dataclass(frozen=True, slots=True)
class Theirs:
    """What it is measured against."""

    name: str
    count: int = 3
    notes: dict[str, int] = dataclasses.field(default_factory=dict[str, int])


@frozen
class Pair:
    left: int
    right: int


@frozen
class Nothing:
    """Has no fields."""


@given(st.text(), st.integers(), st.none() | st.dictionaries(st.text(), st.integers()))
def test_values_are_made_and_shown_as_by_dataclasses(
    name: str, count: int, notes: dict[str, int] | None
) -> None:
    more: tuple[dict[str, int], ...] = () if notes is None else (notes,)
    ours, theirs = Ours(name, count, *more), Theirs(name, count, *more)
    assert repr(ours) == repr(theirs).replace("Theirs(", "Ours(", 1)
    assert dataclasses.asdict(ours) == dataclasses.asdict(theirs)
    assert dataclasses.replace(ours, count=7) == Ours(name, 7, ours.notes)
    assert copy.deepcopy(ours) == pickle.loads(pickle.dumps(ours)) == copy.copy(ours) == ours  # noqa: S301


def test_a_default_is_made_anew_for_each_value() -> None:
    assert Ours("a").notes == {}
    assert Ours("a").notes is not Ours("b").notes


def test_only_the_same_class_with_the_same_fields_is_equal() -> None:
    assert Pair(1, 2) == Pair(1, 2)
    assert Pair(1, 2) != Pair(2, 1)
    assert Ours("a") != Theirs("a")
    assert Nothing() == Nothing()
    assert len({Pair(1, 2), Pair(1, 2), Pair(2, 1), Nothing(), Nothing()}) == 3


def test_what_holds_a_mapping_has_no_hash() -> None:
    with pytest.raises(TypeError, match="unhashable type: 'dict'"):
        hash(Ours("a"))


def test_no_field_can_be_changed_taken_away_or_added() -> None:
    ours = Ours("a")
    with pytest.raises(dataclasses.FrozenInstanceError):
        ours.name = "b"  # pyright: ignore[reportAttributeAccessIssue] - what this is about
    with pytest.raises(dataclasses.FrozenInstanceError):
        del ours.name  # pyright: ignore[reportAttributeAccessIssue] - what this is about
    with pytest.raises(dataclasses.FrozenInstanceError):
        ours.other = 1  # pyright: ignore[reportAttributeAccessIssue] - what this is about
    assert not hasattr(ours, "__dict__")


def test_its_signature_and_its_parts_are_known() -> None:
    assert list(inspect.signature(Ours).parameters) == ["name", "count", "notes"]
    assert Ours.__match_args__ == Theirs.__match_args__  # pyright: ignore[reportAttributeAccessIssue] - set by dataclass
    assert [one.name for one in dataclasses.fields(Ours)] == ["name", "count", "notes"]
    match Pair(1, 2):
        case Pair(left, right):
            assert (left, right) == (1, 2)


def test_a_missing_or_unknown_argument_is_a_type_error() -> None:
    with pytest.raises(TypeError, match=r"Ours.__init__\(\) missing 1 required"):
        Ours()  # pyright: ignore[reportCallIssue] - what this is about
    with pytest.raises(TypeError, match="unexpected keyword"):
        Ours("a", other=1)  # pyright: ignore[reportCallIssue] - what this is about

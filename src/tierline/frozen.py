"""Frozen values: dataclasses with slots that take a quarter of the time to define.

`dataclass(frozen=True, slots=True)` compiles six methods, 0.4 ms a class: that was a quarter of the
time to a command's first output. Here all are shared, and of `__init__` what
is compiled.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, Field, FrozenInstanceError, dataclass, field, fields
from functools import cache
from operator import attrgetter
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar, cast, dataclass_transform

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T")
Values = Callable[[Any], tuple[object, ...]]


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(cls: type[T]) -> type[T]:
    """Make a class a frozen dataclass with slots, whose fields decide equality and hash.

    `replace`, `fields`, `asdict`, `match`, copying and pickling work as for every dataclass. It
    knows neither inheritance nor `__post_init__`, InitVar or keyword-only fields.
    """
    if cls.__doc__ is None:
        cls.__doc__ = cls.__name__  # else dataclass would work out a signature, which takes long
    made = dataclass(init=False, repr=False, eq=False, slots=True)(cls)
    for name, method in _methods(cast("type[DataclassInstance]", made)).items():
        setattr(made, name, method)
    return made


def _methods(cls: type[DataclassInstance]) -> dict[str, Callable[..., Any]]:
    known = fields(cls)
    values = _values(tuple(one.name for one in known))

    def equal(self: object, other: object) -> bool:
        return (
            values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented
        )

    def hashed(self: object) -> int:
        return hash(values(self))

    def state(self: object) -> tuple[object, ...]:
        return values(self)

    return {
        "__init__": _init(cls, known),
        "__eq__": equal,
        "__hash__": hashed,
        "__repr__": _repr,
        "__setattr__": _refuse,
        "__delattr__": _refuse,
        "__getstate__": state,
        "__setstate__": _set_state,
    }


def _init(cls: type[DataclassInstance], known: tuple[Field[Any], ...]) -> Callable[..., None]:
    """`__init__` of a class. A default that is made anew each time stands for itself until then."""
    names = tuple(one.name for one in known)
    made = tuple(one.default_factory is not MISSING for one in known)
    template, marks = _template(made)
    written = dict(zip(marks, names, strict=True))
    code = template.replace(
        co_varnames=("self", *names),
        co_consts=tuple(written.get(one, one) for one in template.co_consts),  # pyright: ignore[reportArgumentType] - whatever it holds
        co_qualname=f"{cls.__qualname__}.__init__",
    )
    factories = [one.default_factory for one in known if one.default_factory is not MISSING]
    defaults = tuple(
        one.default if one.default is not MISSING else one.default_factory
        for one in known
        if one.default is not MISSING or one.default_factory is not MISSING
    )
    init = FunctionType(
        code, {"_set": object.__setattr__, "_made": tuple(factories)}, "__init__", defaults
    )
    init.__module__ = cls.__module__
    init.__annotations__ = {one.name: one.type for one in known} | {"return": None}
    return init


@cache
def _template(made: tuple[bool, ...]) -> tuple[CodeType, tuple[str, ...]]:
    """The code that sets so many fields, some made anew, and what stands in it for their names.

    It is the same for all classes but for the names: compiling it takes most of the time of a class.
    """
    marks = tuple(f" {number}" for number in range(len(made)))
    parameters = [f"_{number}" for number in range(len(made))]
    body, count = ["pass"], 0
    for one, mark, anew in zip(parameters, marks, made, strict=True):
        value = one
        if anew:
            value = f"_made[{count}]() if {one} is _made[{count}] else {one}"
            count += 1
        body.append(f"_set(self, {mark!r}, {value})")
    lines = "\n ".join(body)
    given: dict[str, Any] = {}
    exec(f"def __init__({', '.join(('self', *parameters))}):\n {lines}", given)  # noqa: S102 - the text is made of numbers only
    return given["__init__"].__code__, marks


def _values(names: tuple[str, ...]) -> Values:
    """The function from an instance to the tuple of its fields."""
    if not names:
        return lambda _: ()
    get = attrgetter(*names)
    return get if len(names) > 1 else lambda one: (get(one),)


def _repr(self: DataclassInstance) -> str:
    shown = (f"{one.name}={getattr(self, one.name)!r}" for one in fields(self) if one.repr)
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _refuse(self: object, name: str, *_: object) -> NoReturn:
    raise FrozenInstanceError(f"{type(self).__qualname__}: field {name!r} cannot be changed")


def _set_state(self: DataclassInstance, state: tuple[object, ...]) -> None:
    for one, value in zip(fields(self), state, strict=True):
        object.__setattr__(self, one.name, value)

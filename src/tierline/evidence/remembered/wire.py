"""How questions, answers and parsed values are written for other processes and for later commands.

MessagePack, read back into exactly the types that were written: what is no such value is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from types import MappingProxyType
from typing import Any, cast

import msgspec

from tierline.evidence.folder import Around, Known, Question
from tierline.mesh import gomod, index, lifecycle, load_order, manifests
from tierline.mesh.compose_file import ComposeFile
from tierline.mesh.defect import Defect
from tierline.mesh.event_contract import FOLDER as EVENTS
from tierline.mesh.index import Indexed
from tierline.mesh.model import (
    Canonical,
    EventContract,
    Lineage,
    Listed,
    LoadOrder,
    LocalModule,
)
from tierline.mesh.outline import CANONICAL
from tierline.readiness.compose.composition import is_environment_file


def _plain(value: object) -> object:
    if isinstance(value, MappingProxyType):
        return dict(cast("MappingProxyType[object, object]", value))
    raise TypeError(f"{type(value).__name__} is none of our values")


encode = msgspec.msgpack.Encoder(enc_hook=_plain).encode
"""any of our values -> bytes; UnicodeEncodeError for a text that is none"""
questions = msgspec.msgpack.Decoder(tuple[Question, ...]).decode
around = msgspec.msgpack.Decoder(Around).decode
answers = msgspec.msgpack.Decoder(tuple[Known, ...]).decode
answer = msgspec.msgpack.Decoder(Known).decode
BAD = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, ValueError)
"""what decoding raises"""

_PARSED: dict[str, Any] = {
    index.PATH: tuple[Indexed, ...],
    load_order.PATH: LoadOrder,
    lifecycle.PATH: tuple[str, ...],
    manifests.IMPLEMENTED: tuple[Listed, ...],
    manifests.ALIASES: Lineage,
    gomod.WORKSPACE: tuple[LocalModule, ...],
}
_DEFECTS = tuple[Defect, ...]
_FAMILIES: tuple[tuple[str, Callable[[str], bool], Any], ...] = (
    ("event", lambda name: name.startswith(EVENTS), EventContract),
    ("compose", is_environment_file, ComposeFile),
)
"""kinds of files of which there may be many: what they are called here, which they are"""


def can_keep(name: str) -> bool:
    """Whether what parsing gave under this name can be read back."""
    return name in _PARSED or name == CANONICAL or any(fits(name) for _, fits, _ in _FAMILIES)


def parsed(name: str, data: msgspec.Raw) -> Any:
    """(value, defects) as parsing gave it; one of BAD where it is none."""
    return _decoder(next((kind for kind, fits, _ in _FAMILIES if fits(name)), name)).decode(data)


@cache
def _decoder(name: str) -> msgspec.msgpack.Decoder[Any]:
    if name == CANONICAL:
        return msgspec.msgpack.Decoder(tuple[Canonical, _DEFECTS])
    value = next((type_ for kind, _, type_ in _FAMILIES if kind == name), None) or _PARSED[name]
    return msgspec.msgpack.Decoder(tuple[value | None, _DEFECTS])

"""The table of every finding code that gates give; what each of them judges is with the gates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from tierline.readiness.code import ALWAYS_FAIL, Code
from tierline.readiness.codes_boundaries import BOUNDARIES
from tierline.readiness.codes_breaking import BREAKING
from tierline.readiness.codes_compose import COMPOSE
from tierline.readiness.codes_events import EVENT_CONTRACTS
from tierline.readiness.codes_files import CONFIG, LIFECYCLE, SETTINGS, STRUCTURE
from tierline.readiness.codes_former import FORMER
from tierline.readiness.codes_lineage import ALIAS_LINEAGE
from tierline.readiness.codes_manifests import MANIFESTS
from tierline.readiness.codes_order import INDEX, LOAD_ORDER, OWNERS, READINESS
from tierline.readiness.codes_proto import PROTO
from tierline.readiness.codes_reading import reading_codes
from tierline.readiness.codes_release import RELEASE
from tierline.readiness.codes_scripts import SCRIPTS
from tierline.readiness.codes_tests import TESTS
from tierline.readiness.codes_waivers import WAIVERS

JUDGING: Final = (
    "structure",
    "index",
    "load-order",
    "lifecycle",
    "config",
    "owners",
    "settings",
    "alias-lineage",
    "event-contracts",
    "compose",
    "manifests",
    "release",
    "proto-lint",
    "proto-breaking",
    "proto-generated",
    "openapi-breaking",
    "event-breaking",
    "boundaries",
    "former",
    "tests",
    "waivers",
    "scripts",
)
"""every gate, in the order in which people read them"""

_OF_OTHERS: Final = frozenset(
    {
        "owners",
        "proto-breaking",
        "proto-generated",
        "event-breaking",
        "boundaries",
        "former",
        "tests",
        "scripts",
    }
)
"""gates that judge what others have read"""

_READERS: Final = (*(gate for gate in JUDGING if gate not in _OF_OTHERS),)
"""gates whose files parsers open already"""


def unlisted(code: str) -> Code:
    """What an unlisted code counts as: a failure, because nobody has said otherwise."""
    return Code(code, "A finding without a description", ALWAYS_FAIL, "", "")


def _by_code(codes: Iterable[Code]) -> Mapping[str, Code]:
    found: dict[str, Code] = {}
    for code in codes:
        found[code.code] = code
    return MappingProxyType(found)


CODES: Final = _by_code(
    (
        *(code for gate in _READERS for code in reading_codes(gate)),
        *STRUCTURE,
        *INDEX,
        *LOAD_ORDER,
        *LIFECYCLE,
        *CONFIG,
        *OWNERS,
        *SETTINGS,
        *ALIAS_LINEAGE,
        *EVENT_CONTRACTS,
        *COMPOSE,
        *MANIFESTS,
        *RELEASE,
        *PROTO,
        *SCRIPTS,
        *BREAKING,
        *BOUNDARIES,
        *FORMER,
        *TESTS,
        *WAIVERS,
        *READINESS,
    )
)
"""code -> what is known of it; a gate's own row goes before the general one for unreadable files"""

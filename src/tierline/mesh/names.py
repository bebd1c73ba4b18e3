"""Names of a mesh: service ids, their folders, events; knows nothing of where they are written."""

from __future__ import annotations

from collections.abc import Iterable

from tierline.regex import regex

SERVICE_ID = regex(r"(?P<short>[A-Z][0-9]{2,6})-[A-Za-z0-9]+(?:[-_.&][A-Za-z0-9]+)*")
SHORT_ID = regex(r"[A-Z][0-9]{2,6}")
SLUG = regex(r"[a-z0-9]+(?:-[a-z0-9]+)*")
EVENT = regex(r"[A-Za-z0-9][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+)*")
_OTHER = regex(r"[^a-z0-9]+")
_NUMBER = regex(r"[0-9]+")
LONGEST = 120
"""characters of an id or an event's name"""


def is_service_id(text: str) -> bool:
    """Whether it is a service id: a letter, digits, `-`, words joined by single marks."""
    return len(text) <= LONGEST and SERVICE_ID.fullmatch(text) is not None


def is_event(text: str) -> bool:
    """Whether it is the name of an event, and so of its file."""
    return len(text) <= LONGEST and EVENT.fullmatch(text) is not None


def short_id(service_id: str) -> str:
    """`M02` of `M02-Profile-Service`."""
    return service_id.split("-", 1)[0]


def slug(text: str) -> str:
    """Lower case; runs of other than a-z0-9 become one `-`; ends stripped."""
    return _OTHER.sub("-", text.lower()).strip("-")


def folder_name(service_id: str) -> str:
    """`M02-profile-service` of `M02-Profile-Service`."""
    short, _, rest = service_id.partition("-")
    return f"{short}-{slug(rest)}"


def index_key(service_id: str) -> tuple[int, str]:
    """The index is sorted by the number in an id, then by the id."""
    digits = _NUMBER.search(service_id)
    return int(digits.group()) if digits else 0, service_id


def nearest(name: str, known: Iterable[str], count: int = 3) -> tuple[str, ...]:
    """Known names that look like `name`, best first; case does not matter."""
    from difflib import get_close_matches  # noqa: PLC0415 - late on purpose: for errors only

    by_lower: dict[str, str] = {}
    for candidate in known:
        by_lower.setdefault(candidate.lower(), candidate)
    close = get_close_matches(name.lower(), by_lower, n=count, cutoff=0.6)
    return tuple(by_lower[lower] for lower in close)


def full_ids(word: str, service_ids: Iterable[str]) -> tuple[str, ...]:
    """The services whose id, or its short form, a word is; in any case."""
    lower = word.lower()
    return tuple(one for one in service_ids if lower in {one.lower(), short_id(one).lower()})


def nearest_services(name: str, service_ids: Iterable[str], count: int = 3) -> tuple[str, ...]:
    """Service ids that look like `name`, in full or by their short id, else those that hold it."""
    ids = tuple(service_ids)
    by_short = {short_id(one): one for one in ids}
    close = [by_short.get(found, found) for found in nearest(name, (*ids, *by_short), count)]
    lower = name.lower()
    holding = (one for one in ids if len(lower) > 2 and lower in one.lower())
    return tuple(dict.fromkeys(close or holding))[:count]

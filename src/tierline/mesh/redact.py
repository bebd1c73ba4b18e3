"""What of a value may be shown: addresses without credentials, names of variables, no secrets.

Everything that goes from a mesh's values into a document passes here. What is not known to be
harmless is not shown; that hides more than it must, and never less.
"""

from __future__ import annotations

import re

from tierline.regex import regex

HIDDEN = "(not shown)"
"""stands for a value that may be a secret"""

LONGEST = 2000
"""characters of a value that is looked at"""

_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_REFERENCE = regex(rf"\$\{{({_NAME})(:?[-?+=][^{{}}]*)?\}}|\$({_NAME})")
_SECRET_NAME = regex(
    r"pass(?:w(?:or)?d|phrase)?(?:$|[_-])|passw|secret|token|credential|private|signature"
    r"|(?:api|access|auth|encryption|signing|master|account|shared)[_-]?key|(?:^|[_-])(?:key|salt|pin|dsn|cookie|pwd)$",
    re.IGNORECASE,
)
_HOST = r"(?:\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,252}))"
_PORT = r"(?::(?:[0-9]{1,5}|\x00))?"
_URL = regex(
    rf"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]{{0,20}})://(?P<user>[^/?#\s]*@)?"
    rf"(?P<host>{_HOST}|\x00){_PORT}(?P<rest>[/?#]\S*)?"
)
_ADDRESS = regex(rf"(?:{_HOST}|\x00){_PORT}")
_HOST_PORT = regex(rf"(?:{_HOST}|\x00):(?:[0-9]{{1,5}}|\x00)")
_IMAGE = regex(
    r"(?:[a-zA-Z0-9.-]+(?::[0-9]+)?/)?[a-z0-9]+(?:(?:[._/]|__|-+)[a-z0-9]+)*"
    r"(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@[a-z0-9]+:[0-9a-f]{32,128})?"
)
_USER = regex(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*://)[^/?#\s@]*@")
_SECRETIVE = "pass|pwd|secret|token|credential|private|signature|key|salt|pin|dsn|cookie"
_VALUE = r"\"[^\"]*\"|'[^']*'|[^\s,;|)&?]+"
_ASSIGNED = regex(
    rf"(?<![A-Za-z0-9_-])(?P<name>[A-Za-z0-9_-]{{0,60}}?(?:{_SECRETIVE})[A-Za-z0-9_-]{{0,60}})"
    rf"(?P<mark>\s*[=:]\s*|(?<=\w)\s+(?=\S*[0-9]))(?P<value>{_VALUE})",
    re.IGNORECASE,
)
_LOUD = regex(_SECRETIVE, re.IGNORECASE)
_QUOTED = regex(r"[\"'=:]")
_MUTE = frozenset({"value", "data", "default", "content", "env", "args", "command", "url", "uri"})
"""keys whose name does not say whether they hold a secret"""
_ENTRY = regex(
    r"(?P<start>\s*(?:- )*[\"']?(?P<name>[\w.${}/-]{1,100})[\"']?\s*(?::\s+|=\s*|:$))(?P<value>\S?.*?)\s*,?\s*"
)
"""a key and its value in YAML, JSON, TOML or an env file"""
_BEARER = regex(r"\b(?P<name>Bearer|Basic)\s+[A-Za-z0-9+/=._~-]{8,}")
_KNOWN = regex(
    r"\b(?:AKIA|ASIA)[0-9A-Z]{12,}|\bgh[pousr]_[A-Za-z0-9]{16,}|\bgithub_pat_\w{16,}"
    r"|\bglpat-[\w-]{16,}|\bxox[a-z]-[\w-]{10,}|\b[sr]k_(?:live|test)_\w{8,}|\bAIza[\w-]{20,}"
    r"|\beyJ[\w-]{8,}(?:\.[\w-]+)*|-----BEGIN[^-]*-----.*"
)
_LONG = regex(r"(?<![\w/.+=-])(?=[A-Za-z+/_.=-]*[0-9])[A-Za-z0-9+/_.=-]{32,}(?![\w/+=-])")
_WORD = regex(r"(?:[A-Z]?[a-z]{1,24}[0-9]{0,4}|[A-Z]{1,12}[0-9]{0,6}|[a-z0-9]{1,4}|[0-9]{1,6})?")
"""a part of a name that a person has written"""


def is_secret_name(name: str) -> bool:
    """Whether what a variable or key of this name holds is likely a secret."""
    return _SECRET_NAME.search(name) is not None


def references(value: str) -> tuple[tuple[str, bool], ...]:
    """Variables that a value refers to, in order, each with whether it brings a default along."""
    found: dict[str, bool] = {}
    for match in _REFERENCE.finditer(value):
        name, rest = match[1] or match[3], match[2] or ""
        found[name] = found.get(name, True) and rest.lstrip(":")[:1] == "-"
    return tuple(found.items())


def shown_value(key: str, value: str) -> str:
    """A configuration value: an address without user, path and query, or references by name."""
    if not value:
        return ""
    if "\0" in value or len(value) > LONGEST:
        return HIDDEN
    if is_secret_name(key) and not _REFERENCE.fullmatch(value):
        return HIDDEN
    return ", ".join(_address(part.strip()) for part in value.split(","))


def _address(value: str) -> str:
    names = [match[1] or match[3] for match in _REFERENCE.finditer(value)]
    bare = _REFERENCE.sub("\0", value)
    if bare == "\0":
        return f"${{{names[0]}}}"
    match = _URL.fullmatch(bare)
    if match is not None:
        where = bare[: match.start("rest")] if match["rest"] else bare
        user = match["user"] or ""
        where = where.replace(f"://{user}", "://", 1) if user else where
        names = names[user.count("\0") :]
        rest = "/…" if (match["rest"] or "/") != "/" else ""
        return _named(where, names) + rest
    if _HOST_PORT.fullmatch(bare) or bare in {"localhost", ""}:
        return _named(bare, names)
    return HIDDEN


def _named(text: str, names: list[str]) -> str:
    for name in names:
        text = text.replace("\0", f"${{{name}}}", 1)
    return text


def shown_image(reference: str) -> str:
    """An image as written where it is one, references to variables by name; else HIDDEN."""
    if "\0" in reference or len(reference) > LONGEST:
        return HIDDEN
    names = [match[1] or match[3] for match in _REFERENCE.finditer(reference)]
    bare = _REFERENCE.sub("\0", reference)
    stand_in = bare.replace("\0", "x")
    return _named(bare, names) if names and _IMAGE.fullmatch(stand_in) else (
        reference if _IMAGE.fullmatch(reference) else HIDDEN
    )  # fmt: skip


def shown_path(path: str) -> str:
    """The path of a probe without its query; HIDDEN where it is no plain path."""
    bare = re.split(r"[?#]", path[:LONGEST], maxsplit=1)[0]
    fits = re.fullmatch(r"/?[A-Za-z0-9._~/$-]{0,100}", bare)
    return without_secrets(bare) if fits else HIDDEN


def without_secrets(text: str) -> str:
    """Free text in which everything that looks like a credential is replaced by HIDDEN."""
    text = _USER.sub(r"\g<scheme>", text)
    text = _BEARER.sub(rf"\g<name> {HIDDEN}", text)
    text = _ASSIGNED.sub(_assigned, text)
    return _LONG.sub(_long, _KNOWN.sub(HIDDEN, text))


def shown_line(line: str) -> str:
    """A line of a file without what may be a secret; the text before a hidden value stays in place.

    Whatever is assigned to a secretive name is hidden, and so is what a key that says nothing of
    its value (`value:`, `data:`) holds, unless it is an address or a reference.
    """
    line = line[:LONGEST]
    match = _ENTRY.fullmatch(line)
    if match is None:
        return HIDDEN if _LOUD.search(line) and _QUOTED.search(line) else without_secrets(line)
    name, value = match["name"], match["value"]
    if re.fullmatch(r"|[|>][+-]?[0-9]?|[0-9]{1,10}|true|false|\[.?\]|\{.?\}|[\[{]", value):
        return line
    bare = value.strip("\"'")
    if _LOUD.search(name) or name.lower() in _MUTE or _LOUD.search(value):
        return match["start"] + (value if _REFERENCE.fullmatch(bare) else HIDDEN)
    return match["start"] + without_secrets(value)


def _long(match: re.Match[str]) -> str:
    """Paths and names made of words stay; what looks drawn by lot does not."""
    wordy = all(_WORD.fullmatch(part) for part in re.split(r"[/._-]", match[0]))
    return match[0] if wordy else HIDDEN


def _assigned(match: re.Match[str]) -> str:
    """Values only: a placeholder (`<token>`, `$TOKEN`, `TOKEN`) is no secret."""
    value = match["value"]
    if not is_secret_name(match["name"]):
        return match[0]
    if re.fullmatch(r"\$\{?\w+\}?|<[^<>]*>|[A-Z_]+|\.{2,}|…", value):
        return match[0]
    return f"{match['name']}{match['mark']}{HIDDEN}"

"""Finding codes of files that cannot be read as what they should be; the same words in any gate."""

from __future__ import annotations

from collections.abc import Iterator

from tierline.readiness.code import ALWAYS_FAIL, ALWAYS_UNKNOWN, Code

_WHY_SYNTAX = (
    "A file that cannot be read says nothing, so whatever it declares would go unjudged; only the "
    "service that it concerns is stopped."
)
_WHY_SHAPE = (
    "A value of another shape than its readers expect is read differently by each of them, or "
    "stops the service at its start."
)
_WHY_LIMIT = "Reading is bounded, so that no file of a mesh can use up the machine that reads it."
_WHY_SAFE = "Such characters can hide what a name says, or act on the terminal that shows it."

_READING: tuple[tuple[str, str, str, str], ...] = (
    ("not-yaml", "Not YAML", _WHY_SYNTAX, "Correct the syntax at the place named."),
    ("not-json", "Not JSON", _WHY_SYNTAX, "Correct the syntax at the place named."),
    ("not-toml", "Not TOML", _WHY_SYNTAX, "Correct the syntax at the place named."),
    ("not-utf8", "Not UTF-8", _WHY_SYNTAX, "Save the file as UTF-8."),
    (
        "byte-order-mark",
        "Starts with a byte order mark",
        "The tools that read this file after tierline refuse such a mark.",
        "Save the file as UTF-8 without a byte order mark.",
    ),
    (
        "missing-file",
        "A file that everything else relies on is missing",
        "What it would declare is not declared, so nothing can be judged by it.",
        "Create the file.",
    ),
    ("half-character", "Half a character", _WHY_SYNTAX, "Write the whole surrogate pair."),
    (
        "duplicate-key",
        "The same key twice",
        "Readers disagree on which of the two counts, so nobody knows what is meant.",
        "Keep one of the two.",
    ),
    (
        "more-documents",
        "More than one YAML document",
        "Only one document is read here; the others would be ignored silently.",
        "Keep one document in the file.",
    ),
    ("wrong-type", "A value of the wrong kind", _WHY_SHAPE, "Write what the message asks for."),
    ("missing-key", "A required key is missing", _WHY_SHAPE, "Add the key."),
    ("unknown-key", "A key that nobody reads", _WHY_SHAPE, "Correct its spelling or remove it."),
    ("value", "A value that is not allowed", _WHY_SHAPE, "Write what the message asks for."),
    (
        "version",
        "A version that this tierline does not know",
        "A file of another version may mean something else by the same words.",
        "Use a tierline that knows the version, or write the one it knows.",
    ),
    (
        "bad-id",
        "Not a service id",
        "Ids become folder names, keys and labels; a strict pattern keeps them safe and unique.",
        "Write the full id: a letter, digits, `-`, words, such as M05-Risk-Service.",
    ),
    ("control-character", "Unprintable characters", _WHY_SAFE, "Remove them."),
    ("bad-alias", "A YAML alias that leads nowhere", _WHY_SYNTAX, "Write the value plainly."),
    ("unknown-tag", "A YAML tag beyond the core ones", _WHY_LIMIT, "Write the value plainly."),
    ("too-deep", "Nested too deep", _WHY_LIMIT, "Write it flatter."),
    ("too-large", "The file is too large", _WHY_LIMIT, "Split it or remove what is not needed."),
    ("too-many-values", "Too many values", _WHY_LIMIT, "Write fewer, and fewer aliases."),
    (
        "duplicate-service",
        "A service stands twice",
        "Two statements about one service may contradict each other.",
        "Keep one of the two.",
    ),
)

_UNREADABLE = (
    "unreadable",
    "A file exists and cannot be read",
    "What could not be looked at is unknown, never in order.",
    "Make it a regular file that this user may read.",
)

READING_SLUGS = frozenset({_UNREADABLE[0], *(slug for slug, *_ in _READING)})


def reading_codes(gate: str) -> Iterator[Code]:
    """The codes that any file which this gate judges may give."""
    for slug, title, why, fix in _READING:
        yield Code(f"{gate}/{slug}", title, ALWAYS_FAIL, why, fix)
    slug, title, why, fix = _UNREADABLE
    yield Code(f"{gate}/{slug}", title, ALWAYS_UNKNOWN, why, fix)


def is_general(code: Code) -> bool:
    """Whether a code says of its gate's files only what is said of any file."""
    general = {one.code: one.title for one in reading_codes(code.gate)}
    return general.get(code.code) == code.title

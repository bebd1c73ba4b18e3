"""Makes text from a mesh fit to be shown: no control, bidi or half characters, and short.

Knows nothing of where the text goes; what shows it quotes for its own format.
"""

from __future__ import annotations

from tierline.regex import regex

UNPRINTABLE = regex(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
"""Characters that a terminal acts on, that hide, or that no encoding can write."""

NAME_LIMIT = 80
"""characters of a name that a message shows"""


def clean(text: str, limit: int = NAME_LIMIT) -> str:
    """`text` on one line with `?` for every unprintable character, cut to `limit` characters."""
    if len(text) <= limit and text.isascii() and text.isprintable():
        return text
    shown = UNPRINTABLE.sub("?", text[: limit + 1])
    if not shown.isprintable():
        shown = "".join(character if character.isprintable() else "?" for character in shown)
    return shown if len(shown) <= limit else f"{shown[: limit - 1]}…"

"""Regular expressions that are compiled when they are first used: most commands use few of them.

Compiling all that `check` imports would be a tenth of its time before the first words.
"""

from __future__ import annotations

import re
from typing import AnyStr, Final, Generic, cast

_ASKED: Final = ("search", "match", "fullmatch", "finditer", "findall", "sub", "split", "pattern")


class _Late(Generic[AnyStr]):
    """Becomes a compiled pattern, by taking over what that can do."""

    def __init__(self, text: AnyStr, flags: int) -> None:
        self._told = text, flags

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        compiled = re.compile(*self._told)
        vars(self).update({one: getattr(compiled, one) for one in _ASKED})
        return getattr(compiled, name)


def regex(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """As `re.compile`; what is no regular expression is found when it is first used."""
    return cast("re.Pattern[AnyStr]", _Late(text, flags))

"""What the gate scripts that a mesh brings said when somebody had them run; runs nothing."""

from __future__ import annotations

from tierline.frozen import frozen


@frozen
class ScriptRun:
    """One script. `code`: 0 ok, 1 findings, else no answer; `said` is its last line.

    `gates` are ours that judge the same; `seconds` how long it took. `trouble`: why it has no code.
    """

    name: str
    gates: tuple[str, ...]
    code: int
    seconds: float
    said: str = ""
    trouble: str = ""


@frozen
class OwnScripts:
    """Every gate script of the mesh's own that was run; wrappers of tierline are not among them."""

    runs: tuple[ScriptRun, ...] = ()

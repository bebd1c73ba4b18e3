"""How a simulated service behaves when it is started: seconds after the start, faults by script."""

from __future__ import annotations

from tierline.facts.evidence import SignalKind
from tierline.frozen import frozen


@frozen
class Behaviour:
    """One start of one service. Times are seconds after the target accepted the effect.

    `refuse` temporary refusals come before the first acceptance; `refused_for_good` is a code that
    never goes away. `lose_before`/`lose_after` answers are lost before or after the effect took
    hold. `healthy_after` None: never. `exits_after` ends the process with `exit_code`;
    `wrong_revision` serves something else than asked for; `unreachable` owners are named by
    `/readyz` as false, `unnamed` not at all. `error_share` of the requests end in an error.
    `flaps`: every other health answer is bad. `breaks` are consumers of what its answers break of
    its contract; None: they break nothing.
    """

    build_fails: bool = False
    refuse: int = 0
    refused_for_good: str = ""
    lose_before: int = 0
    lose_after: int = 0
    accept_seconds: float = 0.01
    running_after: float = 0.05
    healthy_after: float | None = 0.2
    exits_after: float | None = None
    exit_code: int = 1
    wrong_revision: bool = False
    unreachable: tuple[str, ...] = ()
    unnamed: tuple[str, ...] = ()
    missing_signals: tuple[SignalKind, ...] = ()
    signals_after: float = 0.3
    error_share: float = 0.0
    flaps: bool = False
    breaks: tuple[str, ...] | None = None

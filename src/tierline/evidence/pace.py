"""How often to ask: often while an answer is fresh news, seldom once it keeps being the same."""

from __future__ import annotations

from tierline.facts.evidence import Answer, Evidence, Health
from tierline.facts.instant import Instant
from tierline.frozen import frozen

CONFIRM_SECONDS = 0.01
"""between the answers that make an instance healthy"""
AGAIN_SECONDS = 30.0
"""between a test of requests that was passed and the next one of the same instance"""
IDLE_SECONDS = 1.0
"""between looks for a successor of an instance that needs no more requests"""


@frozen
class Pace:
    """Seconds between two probes by how long the present state lasts: `(until age, seconds)`."""

    steps: tuple[tuple[float, float], ...]
    last: float

    def after(self, age: float) -> float:
        """The pause after a state has lasted `age` seconds."""
        return next((pause for until, pause in self.steps if age < until), self.last)


BOOTING = Pace(((2.0, 0.02), (10.0, 0.1)), 0.5)
"""while it has never been well"""
AILING = Pace(((10.0, 0.25),), 0.5)
"""after it was well: three failures in a row must mean more than a blink"""
WELL = Pace(((2.0, 0.25), (10.0, 0.5)), 1.0)
"""while it goes on being well"""
REACHING = Pace(((2.0, 0.05), (10.0, 0.1)), 0.5)
"""while an owner has not been reached, or no request was answered"""
REACHED = Pace(((10.0, 1.0),), 5.0)
"""while it goes on being reached: that alone takes no verdict back"""

TELLING_SECONDS = 0.25
"""between two tellings of the same answer of an instance that was never well"""
CROWD = 100
"""so many services that are well are asked at full pace; more share what these would be asked"""


def crowded(pause: float, count: int) -> float:
    """The pause between questions to one of `count` services that are asked for ever."""
    return pause * max(1.0, count / CROWD)


class Repeats:
    """Keeps a service that still boots from telling the same fifty times a second."""

    def __init__(self) -> None:
        self._said: tuple[str, str, str] | None = None
        self._at: Instant = 0.0

    def told(self, fact: Evidence) -> Evidence | None:
        """The fact, unless it says just what was told a moment ago; what is well is always told."""
        if not isinstance(fact, Health) or fact.answer is Answer.OK:
            self._said = None
            return fact
        said = (fact.answer, fact.instance, fact.detail)
        if said == self._said and fact.at - self._at < TELLING_SECONDS:
            return None
        self._said, self._at = said, fact.at
        return fact


class Spell:
    """How long a state has lasted without a change."""

    def __init__(self, state: str, since: Instant) -> None:
        self._state = state
        self._since = since

    def age(self, state: str, now: Instant) -> float:
        """Seconds that `state` has lasted by now; 0 when it is new."""
        if state != self._state:
            self._state, self._since = state, now
        return now - self._since

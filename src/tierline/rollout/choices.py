"""What one turn of a rollout may choose to do, as values."""

from __future__ import annotations

from tierline.facts.instant import Instant
from tierline.frozen import frozen
from tierline.rollout.events import CheckpointReached, EffectIntended, Ending, WatermarkRaised


@frozen
class Intend:
    """Write this intent, then send the effect; what data there may be then is written before it."""

    event: EffectIntended
    raised: WatermarkRaised | None = None


@frozen
class Resend:
    """Send an effect again under its old key: nobody could say what became of it."""

    service_id: str
    key: str


@frozen
class Stop:
    """Write that a checkpoint is reached, and wait for a person."""

    event: CheckpointReached


@frozen
class Consider:
    """Find out what has to go back now, by what is known and seen, and write it."""


@frozen
class End:
    """Nothing more will start."""

    ending: Ending
    reason: str


Choice = Intend | Resend | Stop | Consider | End


@frozen
class Decided:
    """The choices of one turn, and when to decide again even if nothing happens."""

    choices: tuple[Choice, ...]
    wake_at: Instant | None

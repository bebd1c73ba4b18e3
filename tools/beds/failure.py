"""What goes wrong with a bed, told to a person."""

from __future__ import annotations


class BedError(Exception):
    """A bed that cannot be built, started or ended; the message names the fact and the way out."""


class CannotHostError(BedError):
    """This machine lacks what the bed needs; nothing is broken, and nothing was started."""

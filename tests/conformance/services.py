"""The services that every world of the conformance suite has, and how each behaves."""

from __future__ import annotations

from enum import StrEnum


class Services(StrEnum):
    """STEADY works; SLOW serves 0.5 s after its start, and reads STEADY's data, its owner.

    MORTAL exits with 3 half a second after it began to serve; QUITTER prints `placeholder` and
    exits with 0 at once; TWOFOLD has a worker without HTTP besides its api. Each prints
    `edition <n>` first.
    """

    STEADY = "M01-Steady-Service"
    SLOW = "M02-Slow-Service"
    MORTAL = "M03-Mortal-Service"
    QUITTER = "M04-Quitter-Service"
    TWOFOLD = "M05-Twofold-Service"

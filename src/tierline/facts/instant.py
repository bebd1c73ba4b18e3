"""Time as the core sees it: a number handed in, never asked for."""

from __future__ import annotations

Instant = float
"""seconds since the epoch, UTC"""

"""Unresolved things: identity, impact, next action; knows nothing of where they are kept."""

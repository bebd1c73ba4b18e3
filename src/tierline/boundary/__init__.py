"""Boundaries between services: which revisions of both sides can meet, and what follows."""

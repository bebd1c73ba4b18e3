"""Judges a machine: what it lacks, for which commands and services, and what mends it."""

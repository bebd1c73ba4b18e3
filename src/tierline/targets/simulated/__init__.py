"""A seeded world on virtual time, with faults by script."""

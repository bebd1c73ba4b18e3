"""Plain values that everything judges: revisions, observations, evidence, instants."""

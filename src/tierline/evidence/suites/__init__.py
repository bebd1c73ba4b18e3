"""Runs the suites of services with the tools of their languages, and reads what came of it."""

"""Runs services by Docker Compose: its command line changes things, the engine tells what is."""

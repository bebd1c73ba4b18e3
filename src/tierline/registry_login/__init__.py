"""Logging in at image registries, by the user's own Docker configuration; knows no images."""

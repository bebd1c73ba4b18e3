"""A Docker engine with Compose, and images made of Debian packages."""

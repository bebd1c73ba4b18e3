"""Gathers facts: from the disk, from git, from running services; judges nothing."""

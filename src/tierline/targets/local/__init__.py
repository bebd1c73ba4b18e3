"""Local processes, held by the supervisor."""

"""Servers that keep telemetry, asked whether that of a running instance arrived; none decides anything."""

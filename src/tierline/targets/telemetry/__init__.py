"""Receives OTLP over HTTP and counts it; knows no processes."""

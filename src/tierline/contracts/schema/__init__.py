"""JSON Schema as promises: is whatever one schema lets be written readable by another?"""

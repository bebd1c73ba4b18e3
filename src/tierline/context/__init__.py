"""The context of a release: what its inputs say, each fact with its place; decides nothing.

Knows no environment and no target: what runs is not its business.
"""

"""Test beds: real places to roll out to, built from pinned sources, started and ended by us.

A bed is a folder with a name. It holds what the bed's programs write, a record of each of them
(`parts/`), their output (`logs/`) and what users of the bed need to know (`bed.json`). Nothing else
is kept, so that whoever finds the folder can end the bed, even when its starter is dead.
"""

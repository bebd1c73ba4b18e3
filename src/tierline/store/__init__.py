"""Journal, plans, commands, issues: what outlives a process; knows nothing of what events mean."""

"""The report of a rollout as one HTML file that needs nothing else: no network, no script."""

"""The durable loop that runs one rollout: observe, decide, record, act."""

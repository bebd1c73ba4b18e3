"""Gates judge (facts, policy) -> findings -> decisions; knows nothing of how facts were gathered."""

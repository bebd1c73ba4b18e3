"""What runs services, behind one protocol; targets know neither each other nor the rollout."""

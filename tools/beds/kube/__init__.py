"""A real Kubernetes of this machine's own: control plane, node, registry, simulated nodes."""

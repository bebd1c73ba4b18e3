"""A namespace of a Kubernetes cluster, by its API alone."""

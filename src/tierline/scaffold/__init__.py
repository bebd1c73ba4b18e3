"""Writes meshes: the demo mesh with its services, and ways to break one of them."""

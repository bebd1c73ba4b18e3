"""The conditions of "verified", one module each; none knows of another's verdict."""

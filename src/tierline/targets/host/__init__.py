"""Files and processes of this machine, for whoever keeps something on it; knows no service."""

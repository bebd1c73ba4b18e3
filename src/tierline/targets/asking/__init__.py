"""Asks services over the network, and reads addresses and answers; knows no target."""

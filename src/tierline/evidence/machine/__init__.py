"""Asks the machine about itself: programs, folders, limits, ports; changes nothing that lasts."""

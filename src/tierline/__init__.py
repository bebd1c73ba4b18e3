"""tierline releases a mesh of services: may it ship, in what order, did it work?"""

__version__ = "0.1.0"

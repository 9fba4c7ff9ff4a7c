"""Bailment lends a platform's user data to partners on terms that can be enforced or evidenced."""

__version__ = "0.1.0"

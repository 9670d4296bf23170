"""The version of the library; part of every receipt."""

__version__ = "0.1.0"

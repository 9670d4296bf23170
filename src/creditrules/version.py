"""The version of the library; part of every receipt."""

VERSION = "0.1.0"

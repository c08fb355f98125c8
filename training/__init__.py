"""Rebuilds the language model that ships with the package; never imported by it."""

"""Filters of the inbox kept under a name."""

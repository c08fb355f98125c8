"""Persons: what they allow, and their right to see and to erase all that is kept of them."""

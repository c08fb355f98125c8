"""Tests of the room `share`."""

"""Tests of the room `connect`."""

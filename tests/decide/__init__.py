"""Tests of the room `decide`."""

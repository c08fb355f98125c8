"""Tests of the room `act`."""

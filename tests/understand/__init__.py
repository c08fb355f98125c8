"""Tests of the room `understand`."""

"""Tests of the room `listen`."""

"""The web door, served for real."""

"""Interactions to mentions and signals, one file per enricher."""

"""Interactions to mentions and signals: one file per enricher, one pass over the texts for all of them."""

"""The world to interactions, one file per source."""

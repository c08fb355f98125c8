"""Questions to plans, one file per optimiser."""

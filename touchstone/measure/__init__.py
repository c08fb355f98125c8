"""Questions to metrics, one file per measure."""

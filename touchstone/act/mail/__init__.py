"""Mail that people write to us."""

"""The weekly insights mail."""

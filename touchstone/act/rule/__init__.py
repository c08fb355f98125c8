"""What people want to be alerted of."""

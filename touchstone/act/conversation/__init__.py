"""What people do with conversations: one or many at once, and taken back."""

"""What people decide about links: who is one customer and who is not."""

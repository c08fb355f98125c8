"""Who is sent what, and when."""

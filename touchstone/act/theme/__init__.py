"""What people decide about themes: how one is called, what belongs to it, and what becomes a touchpoint."""

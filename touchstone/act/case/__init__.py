"""Cases: one customer and one matter, from what was received to what was closed, with all that was promised."""

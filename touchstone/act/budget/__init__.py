"""The plan of where to spend: with what it is made, and making it anew."""

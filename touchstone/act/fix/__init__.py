"""What is changed for everybody, so that the same is not complained of again."""

"""What was found beyond what a rule allows."""

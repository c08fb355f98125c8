"""What customers think of what others asked for."""

"""What crosses the company's wall, one file per thing shared."""

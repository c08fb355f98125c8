"""Pure mathematics on arrays. Knows no table of ours."""

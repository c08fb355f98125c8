"""Models of a home's own: taught, looked at, applied, gone back from."""

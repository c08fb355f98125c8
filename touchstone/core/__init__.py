"""The words everyone uses. Imports nothing of ours; nothing here reads the world at import."""

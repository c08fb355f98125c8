"""Answers kept for again."""

"""The record's schema, step by step (Alembic); `store/_record.py` takes them when a home is opened."""

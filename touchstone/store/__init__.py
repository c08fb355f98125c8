"""The only door to data: the record (SQLite, PostgreSQL), the lake (Parquet), and the questions asked of both."""

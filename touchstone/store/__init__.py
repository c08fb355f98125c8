"""The only door to data: the record, the lake and the engines over it."""

"""The tests mirror the rooms; `tests/test_house.py` holds the laws."""

"""Customers who have a seat on the advisory panel."""

"""Offers that are drawn by lot, so that learning goes on."""

"""Invented reports in the districts' manner, for the demonstration and for tests."""

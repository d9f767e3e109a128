"""The file by which a home is known as a demonstration's."""

DEMO_MARK = ".demo"
"""A home with this file may be made anew; it says how many days behind the home lives."""

"""Pilots: whether something tried in a few units changed what is counted there, and what a pilot could show at all."""

"""Telling people: who is to hear of what, and in which words."""

"""Measurements against a peer in the same run; one package a subject."""

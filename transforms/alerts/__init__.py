"""Alerts: what the nights found, as few and explained things with a life; pure and replayable."""

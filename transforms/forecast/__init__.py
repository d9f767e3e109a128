"""Twelve months ahead, a district and the province at once: what may come, kept, and scored against what came."""

from transforms.forecast.made import FORESEEN, Origin, forecasts
from transforms.forecast.score import score_table

__all__ = ["FORESEEN", "Origin", "forecasts", "score_table"]

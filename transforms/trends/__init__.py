"""What changed, since when, why and how sure: trends, comparisons, contributions, the balance as a waterfall."""

from transforms.trends.trend import trend

__all__ = ["trend"]

"""What changed, since when, why and how sure: trends, comparisons, contributions, the balance as a waterfall."""

from transforms.trends.comparison import comparison
from transforms.trends.contribution import contribution
from transforms.trends.trend import trend
from transforms.trends.waterfall import waterfall

__all__ = ["comparison", "contribution", "trend", "waterfall"]

"""What changed, since when, why and how sure: trends, comparisons, contributions, the balance as a waterfall."""

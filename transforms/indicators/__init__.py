"""From unit-month figures to the long table of indicators with their intervals."""

from transforms.indicators.figures import province_of, reporting_figures
from transforms.indicators.table import indicator_table

__all__ = ["indicator_table", "province_of", "reporting_figures"]

"""From unit-month figures to the long table of indicators with their intervals."""

from transforms.indicators.indicator_table import indicator_table, is_whole
from transforms.indicators.inputs import province_of, reporting_figures

__all__ = ["indicator_table", "is_whole", "province_of", "reporting_figures"]

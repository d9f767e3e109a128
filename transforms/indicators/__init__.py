"""From unit-month figures to the long table of indicators with their intervals."""

from transforms.indicators.indicator_table import indicator_table
from transforms.indicators.inputs import province_of, reporting_figures

__all__ = ["indicator_table", "province_of", "reporting_figures"]

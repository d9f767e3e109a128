"""How good the forecasts are, beside what libraries make."""

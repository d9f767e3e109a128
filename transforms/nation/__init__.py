"""The country: provinces beside each other and together, from what each has published."""

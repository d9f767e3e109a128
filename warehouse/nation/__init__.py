"""The country's tables in the lake: read from what the provinces published, written in one transaction, asked of."""

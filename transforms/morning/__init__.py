"""The morning page: what the board's staff need to know today, in the order they need it, as a page and as a mail."""

"""Does the self-test say how well the watch sees? Held against changes planted by another way."""

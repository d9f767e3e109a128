"""The nation's size, made directly as facts: what one province costs, and all of them together."""

import flows  # noqa: F401  first: with it numpy is read with as few threads as a night reads it with

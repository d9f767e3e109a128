"""The nation's size, made directly as facts: what one province costs, and all of them together."""

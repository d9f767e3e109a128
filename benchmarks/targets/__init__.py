"""How honest the probability of reaching a target is."""

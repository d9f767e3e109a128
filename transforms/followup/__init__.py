"""What is to be followed up, by unit: matters that the figures of a night show, and the life of their items."""

"""What the watch can see: known changes planted in a copy of what a night knows, judged by the night's own tests."""

"""What is watched every night: the series as each night knew them, and what the detectors find in them."""

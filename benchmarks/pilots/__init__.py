"""Whether what is said of a pilot holds: false alarms, power, intervals, and the worst that get better anyway."""

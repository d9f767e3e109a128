"""How many outbreaks the detectors find, how often they are wrong, and how fast they are beside R."""

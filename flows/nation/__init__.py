"""The national night: the country's tables made of what every province has added to the lake."""

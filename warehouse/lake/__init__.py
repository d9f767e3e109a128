"""The lake: a DuckLake that holds what every province has published, each edition for as long as it is kept."""

"""Everything that people read, in Vietnamese and English, and how numbers, months and days are written in each."""

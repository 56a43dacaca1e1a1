"""Which settlement dates the sample covers: a 46-period day, a halving, eight difficulty epochs."""

from datetime import date

SAMPLE_FIRST_DATE = date(2024, 3, 1)
SAMPLE_LAST_DATE = date(2024, 5, 31)

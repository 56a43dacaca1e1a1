"""Built-in sample data: what a source of settlement data answers, without a network.

The wind farms are real. Their weather, bids and figures are made up, and labelled as such.
"""

from curtailment.sample.dates import SAMPLE_FIRST_DATE, SAMPLE_LAST_DATE
from curtailment.sample.source import SampleSource

__all__ = ["SAMPLE_FIRST_DATE", "SAMPLE_LAST_DATE", "SampleSource"]

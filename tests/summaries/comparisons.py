"""Comparing every stored summary with a naive recomputation."""

from collections import defaultdict
from fractions import Fraction

from summaries.models import (
    BitcoinDailySummary,
    BitcoinMonthlySummary,
    BitcoinYearlySummary,
    DailySummary,
    FarmDailySummary,
    MonthlySummary,
    YearlySummary,
)
from summaries.periods import month_range, year_range
from tests.summaries.alternative_implementations import DEFINITIONS, NaiveSummaries, energy_of

PREFIXES = {"flagged": "", "so": "so_", "all": "all_"}
MWH = {"flagged": "curtailed_mwh", "so": "so_mwh", "all": "all_mwh"}


def assert_summaries_equal_naive_sums():
    """Every summary that is stored equals the sums of the records below it."""
    assert DailySummary.objects.exists()
    naive = NaiveSummaries()
    for model in (DailySummary, MonthlySummary, YearlySummary):
        for summary in model.objects.all():
            compare_energy(summary, naive)
    for model in (BitcoinDailySummary, BitcoinMonthlySummary, BitcoinYearlySummary):
        for summary in model.objects.all():
            compare_bitcoin(summary, naive)
    compare_slices(naive)


def range_of(summary):
    if hasattr(summary, "settlement_date"):
        return summary.settlement_date, summary.settlement_date
    return month_range(summary.month) if hasattr(summary, "month") else year_range(summary.year)


def compare_energy(summary, naive):
    for definition in DEFINITIONS:
        expected = naive.energy(*range_of(summary), definition)
        prefix, where = PREFIXES[definition], f"{summary} {definition}"
        assert Fraction(getattr(summary, MWH[definition])) == expected["mwh"], where
        payment_gbp = Fraction(getattr(summary, f"{prefix}payment_gbp"))
        assert payment_gbp == expected["payment_gbp"], where
        for count in ("farm_count", "record_count", "period_count"):
            assert getattr(summary, prefix + count) == expected[count], f"{where} {count}"


def compare_bitcoin(summary, naive):
    for definition in DEFINITIONS:
        expected = naive.bitcoin(*range_of(summary), definition, summary.miner_model_id)
        for column, figure in expected.items():
            stored = getattr(summary, PREFIXES[definition] + column)
            stored = None if stored is None else Fraction(stored)
            assert stored == figure, f"{summary} {definition} {column}"


def compare_slices(naive):
    records = defaultdict(list)
    for record in naive.records:
        records[record.settlement_date, record.bmu_id].append(record)
    slices = {(s.settlement_date, s.bmu_id): s for s in FarmDailySummary.objects.all()}
    assert slices.keys() == records.keys()
    for key, part in slices.items():
        for definition in DEFINITIONS:
            energies = {r.settlement_period: energy_of(r, definition)[0] for r in records[key]}
            assert Fraction(getattr(part, MWH[definition])) == sum(energies.values())
            bitmap = getattr(part, f"{PREFIXES[definition]}period_bitmap")
            assert bitmap == sum(1 << (n - 1) for n, mwh in energies.items() if mwh > 0)

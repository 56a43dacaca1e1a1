"""The summaries of a month from its days, and of a year from its months: one way for both.

`{parts}` stands for the rows that are summed, `{key}` for the month or the year.
"""

from dataclasses import dataclass
from datetime import date

from psycopg import sql

from curtailment.settlement import count_periods, iter_dates
from curtailment.sql import execute_count
from summaries.operations.columns import (
    BITCOIN_FIGURES,
    BITCOIN_VALUES,
    COUNTS,
    COVERAGE,
    DAY_COUNTS,
    DIFFICULTY_FIGURES,
    FIGURES,
)
from summaries.operations.derived import Derived
from summaries.periods import month_range, year_range

# A farm that was curtailed on several days counts once, so the counts come from the slices: a farm
# counts if it was curtailed in any settlement period. count(DISTINCT) would sort them three times.
SPAN = """
    WITH parts AS ({parts}), total AS (
        SELECT
            sum(day_count) AS day_count,
            sum(curtailed_mwh) AS curtailed_mwh,
            sum(payment_gbp) AS payment_gbp,
            CASE WHEN count(loss_adjusted_payment_gbp) = count(*)
                 THEN sum(loss_adjusted_payment_gbp) END AS loss_adjusted_payment_gbp,
            sum(so_mwh) AS so_mwh,
            sum(so_payment_gbp) AS so_payment_gbp,
            CASE WHEN count(so_loss_adjusted_payment_gbp) = count(*)
                 THEN sum(so_loss_adjusted_payment_gbp) END AS so_loss_adjusted_payment_gbp,
            sum(all_mwh) AS all_mwh,
            sum(all_payment_gbp) AS all_payment_gbp,
            CASE WHEN count(all_loss_adjusted_payment_gbp) = count(*)
                 THEN sum(all_loss_adjusted_payment_gbp) END AS all_loss_adjusted_payment_gbp,
            sum(record_count) AS record_count,
            sum(so_record_count) AS so_record_count,
            sum(all_record_count) AS all_record_count,
            sum(period_count) AS period_count,
            sum(so_period_count) AS so_period_count,
            sum(all_period_count) AS all_period_count,
            CASE WHEN count(wind_generation_mwh) = count(*)
                 THEN sum(wind_generation_mwh) END AS wind_generation_mwh,
            sum(periods_fetched) AS periods_fetched,
            sum(complete_day_count) AS complete_day_count,
            sum(provisional_day_count) AS provisional_day_count,
            sum(sample_day_count) AS sample_day_count,
            bool_or(has_corrections) AS has_corrections
        FROM parts
    ), farms AS (
        SELECT
            count(*) FILTER (WHERE bitmap <> 0) AS farm_count,
            count(*) FILTER (WHERE so_bitmap <> 0) AS so_farm_count,
            count(*) FILTER (WHERE all_bitmap <> 0) AS all_farm_count
        FROM (
            SELECT bit_or(period_bitmap) AS bitmap, bit_or(so_period_bitmap) AS so_bitmap,
                bit_or(all_period_bitmap) AS all_bitmap
            FROM farm_daily_summaries
            WHERE settlement_date BETWEEN %(first)s AND %(last)s
            GROUP BY bmu_id
        ) AS farm
    ), period AS (
        SELECT *, complete_day_count = %(days_expected)s AS is_complete FROM total, farms
    )
    SELECT
        {key},
        curtailed_mwh, payment_gbp, loss_adjusted_payment_gbp,
        so_mwh, so_payment_gbp, so_loss_adjusted_payment_gbp,
        all_mwh, all_payment_gbp, all_loss_adjusted_payment_gbp,
        farm_count, so_farm_count, all_farm_count,
        record_count, so_record_count, all_record_count,
        period_count, so_period_count, all_period_count,
        wind_generation_mwh,
        CASE WHEN is_complete THEN
            round(100 * curtailed_mwh / NULLIF(curtailed_mwh + wind_generation_mwh, 0), 12) END,
        CASE WHEN is_complete THEN
            round(100 * so_mwh / NULLIF(so_mwh + wind_generation_mwh, 0), 12) END,
        CASE WHEN is_complete THEN
            round(100 * all_mwh / NULLIF(all_mwh + wind_generation_mwh, 0), 12) END,
        %(periods_expected)s, periods_fetched, is_complete,
        provisional_day_count > 0, sample_day_count > 0, has_corrections,
        %(days_expected)s, day_count, complete_day_count, provisional_day_count,
        sample_day_count
    FROM period
    WHERE day_count > 0
"""

# A sum is null unless every part of the span has its figure: a miner model that was not
# calculated for some of them has no sum.
BITCOIN_SPAN = """
    WITH parts AS ({parts}), bitcoin_parts AS ({bitcoin_parts}), expected AS (
        SELECT count(*) AS part_count FROM parts
    )
    SELECT
        {key},
        miner_model_id,
        CASE WHEN count(bitcoin_mined) = part_count THEN sum(bitcoin_mined) END,
        CASE WHEN count(so_bitcoin_mined) = part_count THEN sum(so_bitcoin_mined) END,
        CASE WHEN count(all_bitcoin_mined) = part_count THEN sum(all_bitcoin_mined) END,
        CASE WHEN count(value_gbp) = part_count THEN sum(value_gbp) END,
        CASE WHEN count(so_value_gbp) = part_count THEN sum(so_value_gbp) END,
        CASE WHEN count(all_value_gbp) = part_count THEN sum(all_value_gbp) END,
        CASE WHEN count(difficulty_mwh) = part_count THEN sum(difficulty_mwh) END,
        CASE WHEN count(so_difficulty_mwh) = part_count THEN sum(so_difficulty_mwh) END,
        CASE WHEN count(all_difficulty_mwh) = part_count THEN sum(all_difficulty_mwh) END,
        (array_agg(latest_difficulty ORDER BY starts_on DESC)
            FILTER (WHERE latest_difficulty IS NOT NULL))[1]
    FROM bitcoin_parts, expected
    GROUP BY miner_model_id, part_count
"""


@dataclass(frozen=True)
class Span:
    """A kind of summary, and the rows that it is summed from."""

    table: str
    column: str
    key: str
    parts: str
    bitcoin_parts: str
    parts_name: str

    def fill(self, template: str) -> sql.Composed:
        """A template's statement for this kind."""
        return sql.SQL(template).format(
            table=sql.Identifier(self.table),
            column=sql.Identifier(self.column),
            key=sql.SQL(self.key),
            parts=sql.SQL(self.parts),
            bitcoin_parts=sql.SQL(self.bitcoin_parts),
        )

    @property
    def energy(self) -> Derived:
        """Its energy, payments and counts."""
        return Derived(
            self.table,
            key=(self.column,),
            columns=(*FIGURES, *COUNTS, *COVERAGE, *DAY_COUNTS),
            select=self.fill(SPAN),
            within=self.fill("{column} = {key}"),
            parts=self.parts_name,
            has_revision=True,
        )

    @property
    def bitcoin(self) -> Derived:
        """Its bitcoin, by miner model."""
        return Derived(
            f"bitcoin_{self.table}",
            key=(self.column, "miner_model_id"),
            columns=(*BITCOIN_FIGURES, *BITCOIN_VALUES, *DIFFICULTY_FIGURES, "latest_difficulty"),
            select=self.fill(BITCOIN_SPAN),
            within=self.fill("{column} = {key}"),
            parts=self.parts_name,
        )


MONTH = Span(
    table="monthly_summaries",
    column="month",
    key="%(first)s::date",
    parts="""
        SELECT
            *,
            1 AS day_count,
            is_complete::int AS complete_day_count,
            is_provisional::int AS provisional_day_count,
            is_sample::int AS sample_day_count
        FROM daily_summaries WHERE settlement_date BETWEEN %(first)s AND %(last)s
    """,
    bitcoin_parts="""
        SELECT *, settlement_date AS starts_on FROM bitcoin_daily_summaries
        WHERE settlement_date BETWEEN %(first)s AND %(last)s
    """,
    parts_name="its days",
)
YEAR = Span(
    table="yearly_summaries",
    column="year",
    key="EXTRACT(year FROM %(first)s::date)::smallint",
    parts="SELECT * FROM monthly_summaries WHERE month BETWEEN %(first)s AND %(last)s",
    bitcoin_parts="""
        SELECT *, month AS starts_on FROM bitcoin_monthly_summaries
        WHERE month BETWEEN %(first)s AND %(last)s
    """,
    parts_name="its months",
)


def rebuild_month(month: date) -> int:
    """This will make the summaries of a date's month equal to the sums of its days.

    Call it in a transaction that holds the month's lock. Returns how many rows changed.
    """
    return _rebuild(MONTH, *month_range(month))


def rebuild_year(year: int) -> int:
    """This will make the summaries of a year equal to the sums of its months.

    Call it in a transaction that holds the year's lock. Returns how many rows changed.
    """
    return _rebuild(YEAR, *year_range(year))


def _rebuild(span: Span, first: date, last: date) -> int:
    parameters = parameters_of_span(first, last)
    return sum(
        execute_count(derived.sql_for_rebuilding(), parameters)
        for derived in (span.energy, span.bitcoin)
    )


def parameters_of_span(first: date, last: date) -> dict[str, date | int]:
    """What the statements of a month or year have to be told."""
    return {
        "first": first,
        "last": last,
        "days_expected": (last - first).days + 1,
        "periods_expected": sum(map(count_periods, iter_dates(first, last))),
    }

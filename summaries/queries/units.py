"""BM Units, farms and lead parties: facts of the register, and their figures by month."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, LiteralString

from django.db.models import Exists, OuterRef, Q
from psycopg.sql import SQL, Identifier

from curtailment.definitions import Definition
from curtailment.models import BMUnit
from summaries.columns import column
from summaries.models import FarmDailySummary
from summaries.queries.database import fetch_rows
from summaries.selection import Selection

Row = dict[str, Any]

# By day first: a settlement period in which several units were curtailed counts once.
SQL_FOR_HISTORY = """
SELECT date_trunc('month', day.settlement_date)::date AS month,
       sum(day.mwh) AS curtailed_mwh,
       sum(day.payment) AS payment_gbp,
       CASE WHEN bool_and(day.bitcoin IS NOT NULL) THEN sum(day.bitcoin) END AS bitcoin_mined,
       sum(day.period_count)::integer AS period_count,
       (count(*) FILTER (WHERE day.mwh > 0))::integer AS day_count
FROM (
    SELECT slice.settlement_date, sum(slice.{mwh}) AS mwh, sum(slice.{payment}) AS payment,
           CASE WHEN bool_and(bitcoin.{bitcoin} IS NOT NULL)
                THEN sum(bitcoin.{bitcoin}) END AS bitcoin,
           bit_count(bit_or(slice.{bitmap})::bit(64)) AS period_count
    FROM farm_daily_summaries slice
    LEFT JOIN bitcoin_farm_daily_summaries bitcoin
        ON bitcoin.settlement_date = slice.settlement_date
        AND bitcoin.bmu_id = slice.bmu_id
        AND bitcoin.miner_model_id = %(miner)s
    WHERE (%(farm)s::text IS NULL OR slice.bmu_id = %(farm)s)
        AND (%(lead_party)s::text IS NULL OR slice.lead_party_name = %(lead_party)s)
    GROUP BY slice.settlement_date
) day
GROUP BY 1
ORDER BY 1
"""

# Of equal days the earliest.
SQL_FOR_HIGHEST_DAY = """
SELECT settlement_date, sum({mwh}) AS curtailed_mwh
FROM farm_daily_summaries
WHERE (%(farm)s::text IS NULL OR bmu_id = %(farm)s)
    AND (%(lead_party)s::text IS NULL OR lead_party_name = %(lead_party)s)
GROUP BY settlement_date
HAVING sum({mwh}) > 0
ORDER BY sum({mwh}) DESC, settlement_date
LIMIT 1
"""

# From each name of the index to the next one: DISTINCT would read every slice there is.
SQL_FOR_LEAD_PARTY_NAMES = """
WITH RECURSIVE sliced (lead_party_name) AS (
    SELECT min(lead_party_name) FROM farm_daily_summaries WHERE lead_party_name > ''
    UNION ALL
    SELECT (
        SELECT min(slice.lead_party_name) FROM farm_daily_summaries slice
        WHERE slice.lead_party_name > sliced.lead_party_name
    ) FROM sliced WHERE sliced.lead_party_name IS NOT NULL
)
SELECT lead_party_name FROM bm_units WHERE is_wind AND lead_party_name <> ''
UNION
SELECT lead_party_name FROM sliced WHERE lead_party_name IS NOT NULL
ORDER BY 1
"""

SQL_FOR_LEAD_PARTIES = """
SELECT slice.lead_party_name AS lead_party,
       (count(DISTINCT slice.bmu_id) FILTER (WHERE slice.{mwh} > 0))::integer AS farm_count,
       sum(slice.{mwh}) AS curtailed_mwh,
       sum(slice.{payment}) AS payment_gbp,
       CASE WHEN bool_and(bitcoin.{bitcoin} IS NOT NULL)
            THEN sum(bitcoin.{bitcoin}) END AS bitcoin_mined
FROM farm_daily_summaries slice
LEFT JOIN bitcoin_farm_daily_summaries bitcoin
    ON bitcoin.settlement_date = slice.settlement_date
    AND bitcoin.settlement_date BETWEEN %(first)s AND %(last)s
    AND bitcoin.bmu_id = slice.bmu_id
    AND bitcoin.miner_model_id = %(miner)s
WHERE slice.settlement_date BETWEEN %(first)s AND %(last)s
GROUP BY slice.lead_party_name
HAVING sum(slice.{mwh}) > 0
ORDER BY sum(slice.{mwh}) DESC, slice.lead_party_name
"""

SQL_FOR_FARMS_BY_MONTH = """
SELECT date_trunc('month', slice.settlement_date)::date AS month, slice.bmu_id,
       sum(slice.{mwh}) AS curtailed_mwh,
       sum(slice.{payment}) AS payment_gbp,
       CASE WHEN bool_and(bitcoin.{bitcoin} IS NOT NULL)
            THEN sum(bitcoin.{bitcoin}) END AS bitcoin_mined
FROM farm_daily_summaries slice
LEFT JOIN bitcoin_farm_daily_summaries bitcoin
    ON bitcoin.settlement_date = slice.settlement_date
    AND bitcoin.settlement_date BETWEEN %(first)s AND %(last)s
    AND bitcoin.bmu_id = slice.bmu_id
    AND bitcoin.miner_model_id = %(miner)s
WHERE slice.bmu_id = ANY(%(farms)s)
    AND slice.settlement_date BETWEEN %(first)s AND %(last)s
GROUP BY 1, 2
"""


@dataclass(frozen=True)
class Unit:
    """A BM Unit, as the register has it now."""

    bmu_id: str
    name: str
    farm_name: str
    lead_party: str
    capacity_mw: Decimal | None
    area: str

    @classmethod
    def of(cls, row: BMUnit) -> "Unit":
        return cls(
            bmu_id=row.pk,
            name=row.display_name,
            farm_name=row.farm_name,
            lead_party=row.lead_party_name,
            capacity_mw=row.capacity_mw,
            area=row.area,
        )


def read_wind_units() -> list[Unit]:
    """All units that are wind, or once had a slice, by Elexon id."""
    sliced = Exists(FarmDailySummary.objects.filter(bmu=OuterRef("pk")))
    return [Unit.of(row) for row in BMUnit.objects.filter(Q(is_wind=True) | Q(sliced))]


def read_lead_party_names() -> list[str]:
    """All lead parties of wind units, of the register's and of the slices, in order."""
    return [row["lead_party_name"] for row in fetch_rows(SQL_FOR_LEAD_PARTY_NAMES, {})]


def read_history(selection: Selection) -> list[Row]:
    """Sums by month of a unit or a company, from its first slice on; months without are left out.

    Shape: month (its first day), curtailed_mwh, payment_gbp, bitcoin_mined, period_count,
    day_count (days with curtailed energy).
    """
    return fetch_rows(_under(SQL_FOR_HISTORY, selection.definition), _parameters(selection))


def read_highest_day(selection: Selection) -> Row | None:
    """The day of a unit or a company with the most energy; none if it never had any."""
    rows = fetch_rows(_under(SQL_FOR_HIGHEST_DAY, selection.definition), _parameters(selection))
    return rows[0] if rows else None


def read_lead_parties(first: date, last: date, *, selection: Selection) -> list[Row]:
    """The companies with curtailed energy between first and last, the largest first."""
    parameters = _parameters(selection) | {"first": first, "last": last}
    return fetch_rows(_under(SQL_FOR_LEAD_PARTIES, selection.definition), parameters)


def read_farms_by_month(
    farms: list[str], first: date, last: date, *, selection: Selection
) -> list[Row]:
    """Sums by month and unit."""
    parameters = _parameters(selection) | {"farms": farms, "first": first, "last": last}
    return fetch_rows(_under(SQL_FOR_FARMS_BY_MONTH, selection.definition), parameters)


def _under(sql: LiteralString, definition: Definition) -> str:
    """A query with the columns of a definition."""
    names = {
        "mwh": "curtailed_mwh",
        "payment": "payment_gbp",
        "bitcoin": "bitcoin_mined",
        "bitmap": "period_bitmap",
    }
    columns = {key: Identifier(column(definition, name)) for key, name in names.items()}
    return SQL(sql).format(**columns).as_string()


def _parameters(selection: Selection) -> Row:
    return {
        "miner": selection.miner,
        "farm": selection.farm,
        "lead_party": selection.lead_party,
    }

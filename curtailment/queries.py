"""Questions about what was curtailed and what is known of a day."""

from datetime import date, timedelta

from django.db import connection
from django.db.models import Min, Q, QuerySet

from curtailment.models import BMUnit, IngestionProgress
from curtailment.sources import SettlementSource
from curtailment.verification import UnitStack

# Units that came within a day of the first ones were there from the start.
FIRST_SYNCHRONIZATION = timedelta(days=1)


def progress_of(settlement_date: date) -> IngestionProgress | None:
    """The ledger's line of a date, if there is one."""
    return IngestionProgress.objects.filter(settlement_date=settlement_date).first()


def has_wind_units_for(source: SettlementSource) -> bool:
    """Whether the register can tell wind from the rest in this source's answers."""
    return has_wind_units(source.name)


def has_wind_units(source_name: str) -> bool:
    """The same of a source's name.

    The few units of the sample do not serve for Elexon's: all others would be lost in silence.
    """
    units = BMUnit.objects.filter(is_wind=True)
    if source_name == IngestionProgress.Source.ELEXON:
        units = units.exclude(source=BMUnit.Source.SAMPLE)
    return units.exists()


def read_wind_bmu_ids() -> frozenset[str]:
    """The units that count as wind."""
    return frozenset(BMUnit.objects.filter(is_wind=True).values_list("pk", flat=True))


def read_stack(settlement_date: date) -> dict[str, UnitStack]:
    """By unit, what the stored evidence lines of a date add up to, whatever was corrected."""
    with connection.cursor() as cursor:
        cursor.execute(sql_for_stack(), [settlement_date])
        return {
            bmu_id: UnitStack(volume_mwh, cash_flow_gbp, frozenset(periods))
            for bmu_id, volume_mwh, cash_flow_gbp, periods in cursor.fetchall()
        }


def sql_for_stack() -> str:
    """The payment includes losses. It is null where a factor of a line with a volume is null."""
    return """
        SELECT
            record.bmu_id,
            sum(line.volume),
            CASE WHEN NOT bool_or(
                line.volume <> 0
                AND (line."originalPrice" IS NULL OR line."transmissionLossMultiplier" IS NULL)
            ) THEN coalesce(
                sum(line.volume * line."originalPrice" * line."transmissionLossMultiplier"), 0
            ) END,
            array_agg(DISTINCT record.settlement_period)
        FROM curtailment_records AS record
        CROSS JOIN LATERAL jsonb_to_recordset(record.lines) AS line (
            volume numeric, "originalPrice" numeric, "transmissionLossMultiplier" numeric
        )
        WHERE record.settlement_date = %s
        GROUP BY record.bmu_id
    """


def unclassified_units() -> QuerySet[BMUnit]:
    """Units that may be new wind farms, and of which staff have said nothing, the newest first.

    A stack shows them and the register does not; or they came to the register after its first
    synchronization, generate, and have no fuel type that would say what they are.
    """
    began = BMUnit.objects.filter(source=BMUnit.Source.REGISTER).aggregate(at=Min("first_seen_at"))[
        "at"
    ]
    is_new = Q(source=BMUnit.Source.STACK)
    if began is not None:
        is_new |= Q(
            source=BMUnit.Source.REGISTER,
            first_seen_at__gt=began + FIRST_SYNCHRONIZATION,
            bm_unit_type__in=("T", "E", ""),
            fuel_type__in=("", "OTHER"),
        )
    units = BMUnit.objects.filter(is_new, staff_is_wind=None, is_wind=False)
    return units.order_by("-first_seen_at", "pk")

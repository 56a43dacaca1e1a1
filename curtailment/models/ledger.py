"""The ledger of days: what was looked at, what came of it, and what is still to do."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from curtailment.fields import ExactDecimalField


class IngestionProgress(models.Model):
    """What is known of a settlement date's data.

    Two facts apart: `data_state` says what the stored rows are, `attempt_state` how the last try
    to fetch them went. A failed try never makes good rows look bad. An imported day has what the
    platform before kept of it, and no period counts as fetched: what it lacks is not known.

    `stale_since` is the outbox: from the moment that records, prices or difficulty of the day
    changed until bitcoin and summaries have followed. `refetch_since` is set while the records do
    not follow the register, until the day is fetched again. `revision` is raised by a trigger
    whenever something that a reader can see changes.
    """

    class DataState(models.TextChoices):
        NONE = "none", "nothing stored"
        RUNNING_DAY = "running_day", "running day"
        PROVISIONAL = "provisional", "complete, provisional"
        FINAL = "final", "complete, final"
        IMPORTED = "imported", "imported, never fetched"

    class AttemptState(models.TextChoices):
        PENDING = "pending", "not tried"
        RUNNING = "running", "running"
        OK = "ok", "ok"
        FAILED = "failed", "failed"
        SUSPECT = "suspect", "suspect answer kept aside"

    class Source(models.TextChoices):
        ELEXON = "elexon", "Elexon"
        SAMPLE = "sample", "sample data"
        LEGACY = "legacy", "the platform before"

    class Verification(models.TextChoices):
        VERIFIED = "verified", "verified"
        DIFFERS = "differs", "differs"
        NOT_AVAILABLE = "not_available", "could not be verified"

    settlement_date = models.DateField(primary_key=True)
    data_state = models.CharField(choices=DataState, default=DataState.NONE)
    attempt_state = models.CharField(choices=AttemptState, default=AttemptState.PENDING)
    source = models.CharField(choices=Source, blank=True)
    periods_expected = models.SmallIntegerField()
    periods_fetched = models.SmallIntegerField(default=0)
    line_count = models.IntegerField(default=0, help_text="Stack lines kept as evidence.")
    record_count = models.IntegerField(default=0)
    # Published figures, before corrections: of flagged lines and of all.
    curtailed_mwh = ExactDecimalField(null=True, verbose_name="flagged (MWh)")
    payment_gbp = ExactDecimalField(null=True, verbose_name="flagged (GBP)")
    all_mwh = ExactDecimalField(null=True, verbose_name="all (MWh)")
    all_payment_gbp = ExactDecimalField(null=True, verbose_name="all (GBP)")
    digest = models.CharField(blank=True, help_text="SHA-256 of the evidence lines.")
    run_created_at = models.DateTimeField(
        null=True, help_text="The newest createdDateTime of the stored answer's lines."
    )
    fetch_started_at = models.DateTimeField(
        null=True, help_text="When the fetch of the stored answer began."
    )
    fetched_at = models.DateTimeField(null=True, help_text="When the answer was last confirmed.")
    wind_generation_fetched_at = models.DateTimeField(null=True)
    attempts = models.IntegerField(default=0)
    attempt_started_at = models.DateTimeField(null=True)
    attempt_ended_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)
    # Of the stored rows with Elexon's indicative cash flows and volumes; reset with the rows.
    verification = models.CharField(choices=Verification, blank=True)
    verification_details = models.JSONField(null=True)
    verified_at = models.DateTimeField(null=True)
    stale_since = models.DateTimeField(null=True)
    stale_reason = models.TextField(blank=True)
    refetch_since = models.DateTimeField(
        null=True, help_text="Since when the stored answer has to be fetched again."
    )
    refetch_reason = models.TextField(blank=True)
    revision = models.BigIntegerField(default=0)

    class Meta:
        db_table = "ingestion_progress"
        verbose_name = "day"
        verbose_name_plural = "ingestion ledger"
        permissions = [
            ("refresh_day", "Can fetch days anew"),
            ("recalculate_day", "Can recalculate days"),
            ("verify_day", "Can verify days"),
        ]
        indexes = [
            # The outbox: stale days, oldest first.
            models.Index(
                fields=["stale_since"],
                name="ingestion_progress_stale",
                condition=Q(stale_since__isnull=False),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="ingestion_progress_states_valid",
                condition=Q(
                    data_state__in=["none", "running_day", "provisional", "final", "imported"]
                )
                & Q(attempt_state__in=["pending", "running", "ok", "failed", "suspect"])
                & Q(source__in=["", "elexon", "sample", "legacy"]),
            ),
            models.CheckConstraint(
                name="ingestion_progress_imported_is_legacy",
                condition=Q(data_state="imported", source="legacy")
                | ~Q(data_state="imported") & ~Q(source="legacy"),
            ),
            models.CheckConstraint(
                name="ingestion_progress_verification_valid",
                condition=Q(verification__in=["", "verified", "differs", "not_available"]),
            ),
            models.CheckConstraint(
                name="ingestion_progress_complete_has_all_periods",
                condition=~Q(data_state__in=["provisional", "final"])
                | Q(periods_fetched=F("periods_expected")),
            ),
            models.CheckConstraint(
                name="ingestion_progress_data_has_source",
                condition=Q(data_state="none") | ~Q(source=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.settlement_date}: {self.get_data_state_display()}"

    @property
    def is_complete(self) -> bool:
        """The day is over and every period that it has was fetched and valid."""
        return self.data_state in (self.DataState.PROVISIONAL, self.DataState.FINAL)


class ArchivedYear(models.Model):
    """A year whose rows of the big tables were written to a file and taken out of the database.

    What was summed from them stays. Nothing may be written of its days until it is attached.
    """

    year = models.IntegerField(primary_key=True)
    file_name = models.CharField()
    digest = models.CharField(help_text="SHA-256 of the file's manifest.")
    row_counts = models.JSONField(help_text="Rows by table.")
    detached_at = models.DateTimeField()

    class Meta:
        db_table = "archived_years"
        # It is written by a command alone, and shown by pages.
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.year}: {self.file_name}"


class SuspectDay(models.Model):
    """A fetched answer that was refused because the day would lose more than half its energy."""

    class State(models.TextChoices):
        OPEN = "open", "to be decided"
        ACCEPTED = "accepted", "accepted"
        REJECTED = "rejected", "rejected"

    settlement_date = models.DateField()
    digest = models.CharField()
    fetched_at = models.DateTimeField()
    stored_mwh = ExactDecimalField()
    offered_mwh = ExactDecimalField()
    difference = models.JSONField(help_text="By unit: stored and offered MWh.")
    answer = models.JSONField(help_text="The refused answer's evidence lines, by period and unit.")
    state = models.CharField(choices=State, default=State.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_reason = models.TextField(blank=True)

    class Meta:
        db_table = "suspect_days"
        permissions = [("decide_suspectday", "Can accept and reject suspect answers")]
        constraints = [
            models.UniqueConstraint(
                name="suspect_days_one_an_answer", fields=["settlement_date", "digest"]
            ),
            models.CheckConstraint(
                name="suspect_days_state_valid",
                condition=Q(state__in=["open", "accepted", "rejected"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.settlement_date}: {self.stored_mwh} MWh stored, {self.offered_mwh} offered"


class Backfill(models.Model):
    """The range, progress and state of a backfill.

    One that runs in the background is worked on by the cluster; another one by the process of a
    command, which holds a lock of it while it lives.
    """

    class State(models.TextChoices):
        RUNNING = "running", "running"
        DONE = "done", "done"
        FAILED = "failed", "ended with failed days"
        INTERRUPTED = "interrupted", "interrupted"
        PAUSED = "paused", "paused"
        CANCELED = "canceled", "canceled"

    first_date = models.DateField()
    last_date = models.DateField()
    force = models.BooleanField(default=False)
    in_background = models.BooleanField(default=False)
    state = models.CharField(choices=State, default=State.RUNNING)
    days_total = models.IntegerField()
    days_done = models.IntegerField(default=0)
    days_failed = models.IntegerField(default=0)
    started_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "backfills"
        permissions = [("run_backfill", "Can start, pause, resume and cancel backfills")]
        constraints = [
            models.CheckConstraint(
                name="backfills_range_forward", condition=Q(last_date__gte=F("first_date"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_date} to {self.last_date}: {self.get_state_display()}"

"""Rules that the database itself keeps: append-only corrections, and the revision of a day."""

from django.db import migrations

# A reader's cached page is keyed by the revision of its days, so every change that a reader can
# see must raise it. Here nobody can forget to. What only operators see (times and number of the
# attempts) does not count, nor that one is running: a failure shows by its error.
REVISIONS = """
CREATE SEQUENCE report_revisions;

CREATE FUNCTION raise_day_revision() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    unseen CONSTANT text[] := ARRAY[
        'revision', 'attempts', 'attempt_state', 'attempt_started_at', 'attempt_ended_at',
        'fetch_started_at', 'fetched_at', 'run_created_at', 'wind_generation_fetched_at'
    ];
BEGIN
    IF TG_OP = 'INSERT'
        OR (to_jsonb(NEW) - unseen) IS DISTINCT FROM (to_jsonb(OLD) - unseen)
    THEN
        NEW.revision := nextval('report_revisions');
    ELSE
        NEW.revision := OLD.revision;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER ingestion_progress_revision BEFORE INSERT OR UPDATE ON ingestion_progress
    FOR EACH ROW EXECUTE FUNCTION raise_day_revision();
"""

DROP_REVISIONS = """
DROP TRIGGER ingestion_progress_revision ON ingestion_progress;
DROP FUNCTION raise_day_revision;
DROP SEQUENCE report_revisions;
"""

# An empty table may be truncated: nothing is lost, and tests begin with empty tables.
APPEND_ONLY = """
CREATE FUNCTION keep_corrections() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        IF EXISTS (SELECT FROM corrections) THEN
            RAISE EXCEPTION 'Corrections are append-only: they cannot be truncated.'
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NULL;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'Corrections are append-only: withdraw number %, do not delete it.', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.withdrawn_at IS NOT NULL
        OR (to_jsonb(NEW) - ARRAY['withdrawn_by_id', 'withdrawn_at', 'withdrawal_reason'])
           IS DISTINCT FROM
           (to_jsonb(OLD) - ARRAY['withdrawn_by_id', 'withdrawn_at', 'withdrawal_reason'])
    THEN
        RAISE EXCEPTION 'Corrections are append-only: number % can only be withdrawn, once.', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER corrections_append_only BEFORE UPDATE OR DELETE ON corrections
    FOR EACH ROW EXECUTE FUNCTION keep_corrections();
CREATE TRIGGER corrections_not_truncated BEFORE TRUNCATE ON corrections
    FOR EACH STATEMENT EXECUTE FUNCTION keep_corrections();
"""

DROP_APPEND_ONLY = """
DROP TRIGGER corrections_not_truncated ON corrections;
DROP TRIGGER corrections_append_only ON corrections;
DROP FUNCTION keep_corrections;
"""


class Migration(migrations.Migration):
    dependencies = [("curtailment", "0001_initial")]

    operations = [
        migrations.RunSQL(REVISIONS, DROP_REVISIONS),
        migrations.RunSQL(APPEND_ONLY, DROP_APPEND_ONLY),
    ]

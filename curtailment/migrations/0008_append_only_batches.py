"""Another rule that the database itself keeps: batches of corrections are append-only."""

from django.db import migrations

# As of corrections, but nothing of a batch ever changes: it is its corrections that are withdrawn.
APPEND_ONLY = """
CREATE FUNCTION keep_correction_batches() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        IF EXISTS (SELECT FROM correction_batches) THEN
            RAISE EXCEPTION 'Correction batches are append-only: they cannot be truncated.'
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'Correction batches are append-only: number % stays. Withdraw its corrections.',
        OLD.id USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER correction_batches_append_only BEFORE UPDATE OR DELETE ON correction_batches
    FOR EACH ROW EXECUTE FUNCTION keep_correction_batches();
CREATE TRIGGER correction_batches_not_truncated BEFORE TRUNCATE ON correction_batches
    FOR EACH STATEMENT EXECUTE FUNCTION keep_correction_batches();
"""

DROP_APPEND_ONLY = """
DROP TRIGGER correction_batches_not_truncated ON correction_batches;
DROP TRIGGER correction_batches_append_only ON correction_batches;
DROP FUNCTION keep_correction_batches;
"""


class Migration(migrations.Migration):
    dependencies = [("curtailment", "0007_background_backfills")]

    operations = [migrations.RunSQL(APPEND_ONLY, DROP_APPEND_ONLY)]

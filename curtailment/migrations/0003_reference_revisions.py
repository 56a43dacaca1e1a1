"""Revisions of what pages show beyond days, and a stricter reading of what they show of a day."""

from django.db import migrations, models

# As in 0002, but two more things count: a try that failed, or whose answer is suspect, is told to
# readers from then until the next try begins; and whoever writes to `revision` asks for a new one.
DAYS = """
CREATE OR REPLACE FUNCTION raise_day_revision() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    unseen CONSTANT text[] := ARRAY[
        'attempts', 'attempt_state', 'attempt_started_at', 'attempt_ended_at',
        'fetch_started_at', 'fetched_at', 'run_created_at', 'wind_generation_fetched_at'
    ];
    told CONSTANT text[] := ARRAY['failed', 'suspect'];
BEGIN
    IF TG_OP = 'INSERT'
        OR (to_jsonb(NEW) - unseen) IS DISTINCT FROM (to_jsonb(OLD) - unseen)
        OR (NEW.attempt_state <> OLD.attempt_state
            AND (NEW.attempt_state = ANY(told) OR OLD.attempt_state = ANY(told)))
    THEN
        NEW.revision := nextval('report_revisions');
    END IF;
    RETURN NEW;
END $$;
"""

DAYS_AS_BEFORE = """
CREATE OR REPLACE FUNCTION raise_day_revision() RETURNS trigger LANGUAGE plpgsql AS $$
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
"""

# A trigger of a statement, not of rows: one that writes 3,000 units raises the revision once. Its
# arguments are the columns that readers do not see; `changed` are the rows as they became, or as
# they were before they were deleted.
REFERENCES = """
CREATE FUNCTION raise_reference_revision() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    -- A trigger without arguments has null instead of an empty list.
    unseen CONSTANT text[] := COALESCE(TG_ARGV::text[], '{}');
BEGIN
    IF NOT EXISTS (SELECT FROM changed) THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        -- Nested, as only an update has rows before: the expression is not planned for others.
        IF NOT EXISTS (
            SELECT to_jsonb(changed) - unseen FROM changed
            EXCEPT
            SELECT to_jsonb(before) - unseen FROM before
        ) THEN
            RETURN NULL;
        END IF;
    END IF;
    INSERT INTO reference_revisions (name, revision)
    VALUES (TG_TABLE_NAME, nextval('report_revisions'))
    ON CONFLICT (name) DO UPDATE SET revision = EXCLUDED.revision;
    RETURN NULL;
END $$;

CREATE TRIGGER bm_units_inserted AFTER INSERT ON bm_units
    REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION raise_reference_revision();
CREATE TRIGGER bm_units_updated AFTER UPDATE ON bm_units
    REFERENCING OLD TABLE AS before NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION raise_reference_revision('first_seen_at', 'last_seen_at');
CREATE TRIGGER bm_units_deleted AFTER DELETE ON bm_units
    REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION raise_reference_revision();
"""

DROP_REFERENCES = """
DROP TRIGGER bm_units_deleted ON bm_units;
DROP TRIGGER bm_units_updated ON bm_units;
DROP TRIGGER bm_units_inserted ON bm_units;
DROP FUNCTION raise_reference_revision;
"""


class Migration(migrations.Migration):
    dependencies = [("curtailment", "0002_guards")]

    operations = [
        migrations.CreateModel(
            name="ReferenceRevision",
            fields=[
                (
                    "name",
                    models.CharField(help_text="The table.", primary_key=True, serialize=False),
                ),
                ("revision", models.BigIntegerField()),
            ],
            options={"db_table": "reference_revisions"},
        ),
        migrations.RunSQL(DAYS, DAYS_AS_BEFORE),
        migrations.RunSQL(REFERENCES, DROP_REFERENCES),
    ]

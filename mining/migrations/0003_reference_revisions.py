"""Raises a revision with every change that readers see of miner models, prices and difficulty."""

from django.db import migrations

# That the newest epoch still lasts is confirmed again and again: only days tell readers of it.
TRIGGERS = """
CREATE TRIGGER miner_models_inserted AFTER INSERT ON miner_models
    REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION raise_reference_revision();
CREATE TRIGGER miner_models_updated AFTER UPDATE ON miner_models
    REFERENCING OLD TABLE AS before NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION raise_reference_revision();
CREATE TRIGGER miner_models_deleted AFTER DELETE ON miner_models
    REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION raise_reference_revision();

CREATE TRIGGER bitcoin_prices_inserted AFTER INSERT ON bitcoin_prices
    REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION raise_reference_revision();
CREATE TRIGGER bitcoin_prices_updated AFTER UPDATE ON bitcoin_prices
    REFERENCING OLD TABLE AS before NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION raise_reference_revision();
CREATE TRIGGER bitcoin_prices_deleted AFTER DELETE ON bitcoin_prices
    REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION raise_reference_revision();

CREATE TRIGGER difficulty_epochs_inserted AFTER INSERT ON difficulty_epochs
    REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION raise_reference_revision();
CREATE TRIGGER difficulty_epochs_updated AFTER UPDATE ON difficulty_epochs
    REFERENCING OLD TABLE AS before NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION raise_reference_revision('known_until');
CREATE TRIGGER difficulty_epochs_deleted AFTER DELETE ON difficulty_epochs
    REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION raise_reference_revision();
"""

DROP_TRIGGERS = """
DROP TRIGGER difficulty_epochs_deleted ON difficulty_epochs;
DROP TRIGGER difficulty_epochs_updated ON difficulty_epochs;
DROP TRIGGER difficulty_epochs_inserted ON difficulty_epochs;
DROP TRIGGER bitcoin_prices_deleted ON bitcoin_prices;
DROP TRIGGER bitcoin_prices_updated ON bitcoin_prices;
DROP TRIGGER bitcoin_prices_inserted ON bitcoin_prices;
DROP TRIGGER miner_models_deleted ON miner_models;
DROP TRIGGER miner_models_updated ON miner_models;
DROP TRIGGER miner_models_inserted ON miner_models;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("mining", "0002_miner_models"),
        ("curtailment", "0003_reference_revisions"),
    ]

    operations = [migrations.RunSQL(TRIGGERS, DROP_TRIGGERS)]

"""Drops the foreign keys of the calculations, which took half of the time of writing a day.

What they guarded is guarded without them: see docs/decisions/0045.
"""

from django.db import migrations, models

DROP = """
ALTER TABLE historical_bitcoin_calculations
    DROP CONSTRAINT historical_bitcoin_calculations_bmu_fkey,
    DROP CONSTRAINT historical_bitcoin_calculations_miner_fkey;
"""
ADD = """
ALTER TABLE historical_bitcoin_calculations
    ADD CONSTRAINT historical_bitcoin_calculations_bmu_fkey
        FOREIGN KEY (bmu_id) REFERENCES bm_units,
    ADD CONSTRAINT historical_bitcoin_calculations_miner_fkey
        FOREIGN KEY (miner_model_id) REFERENCES miner_models;
"""


class Migration(migrations.Migration):
    dependencies = [("mining", "0003_reference_revisions")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(DROP, ADD)],
            state_operations=[
                migrations.AlterField(
                    model_name="bitcoincalculation",
                    name="bmu",
                    field=models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=models.deletion.PROTECT,
                        to="curtailment.bmunit",
                        verbose_name="BM Unit",
                    ),
                ),
                migrations.AlterField(
                    model_name="bitcoincalculation",
                    name="miner_model",
                    field=models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=models.deletion.PROTECT,
                        to="mining.minermodel",
                    ),
                ),
            ],
        )
    ]

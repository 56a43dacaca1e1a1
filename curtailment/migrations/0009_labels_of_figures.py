"""Labels of figures on pages of the admin; nothing changes in the database."""

import django.db.models.deletion
from django.db import migrations, models

import curtailment.fields


class Migration(migrations.Migration):
    dependencies = [
        ("curtailment", "0008_append_only_batches"),
    ]

    operations = [
        migrations.AlterField(
            model_name="correction",
            name="bmu",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                to="curtailment.bmunit",
                verbose_name="BM Unit",
            ),
        ),
        migrations.AlterField(
            model_name="correction",
            name="curtailed_mwh",
            field=curtailment.fields.ExactDecimalField(verbose_name="flagged (MWh)"),
        ),
        migrations.AlterField(
            model_name="correction",
            name="other_mwh",
            field=curtailment.fields.ExactDecimalField(verbose_name="unflagged (MWh)"),
        ),
        migrations.AlterField(
            model_name="correction",
            name="other_payment_gbp",
            field=curtailment.fields.ExactDecimalField(verbose_name="unflagged (GBP)"),
        ),
        migrations.AlterField(
            model_name="correction",
            name="payment_gbp",
            field=curtailment.fields.ExactDecimalField(verbose_name="flagged (GBP)"),
        ),
        migrations.AlterField(
            model_name="correction",
            name="so_mwh",
            field=curtailment.fields.ExactDecimalField(verbose_name="of it system operator (MWh)"),
        ),
        migrations.AlterField(
            model_name="correction",
            name="so_payment_gbp",
            field=curtailment.fields.ExactDecimalField(verbose_name="of it system operator (GBP)"),
        ),
        migrations.AlterField(
            model_name="ingestionprogress",
            name="all_mwh",
            field=curtailment.fields.ExactDecimalField(null=True, verbose_name="all (MWh)"),
        ),
        migrations.AlterField(
            model_name="ingestionprogress",
            name="all_payment_gbp",
            field=curtailment.fields.ExactDecimalField(null=True, verbose_name="all (GBP)"),
        ),
        migrations.AlterField(
            model_name="ingestionprogress",
            name="curtailed_mwh",
            field=curtailment.fields.ExactDecimalField(null=True, verbose_name="flagged (MWh)"),
        ),
        migrations.AlterField(
            model_name="ingestionprogress",
            name="payment_gbp",
            field=curtailment.fields.ExactDecimalField(null=True, verbose_name="flagged (GBP)"),
        ),
    ]

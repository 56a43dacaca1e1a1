"""The miner models to start with; staff add to them and date them."""

from django.db import migrations

# Key, name, TH/s, W, released, active. Makers' data sheets.
MINER_MODELS = [
    ("S9", "Antminer S9", "13.5", "1323", "2016-06-01"),
    ("M20S", "Whatsminer M20S", "68", "3360", "2019-08-01"),
    ("S19J_PRO", "Antminer S19j Pro", "100", "3050", "2021-06-01"),
    ("M60S", "Whatsminer M60S", "186", "3441", "2023-10-01"),
    ("S21", "Antminer S21", "200", "3500", "2024-02-01"),
    ("S21_XP", "Antminer S21 XP", "270", "3645", "2024-08-01"),
]


def add_miner_models(apps, schema_editor):
    MinerModel = apps.get_model("mining", "MinerModel")
    for key, name, hashrate_th_s, power_w, released in MINER_MODELS:
        MinerModel.objects.get_or_create(
            key=key,
            defaults={
                "name": name,
                "hashrate_th_s": hashrate_th_s,
                "power_w": power_w,
                "released": released,
            },
        )


class Migration(migrations.Migration):
    dependencies = [("mining", "0001_initial")]

    operations = [migrations.RunPython(add_miner_models, migrations.RunPython.noop)]

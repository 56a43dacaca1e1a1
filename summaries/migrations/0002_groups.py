"""The groups of staff, and what each may do."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

APPS = ("curtailment", "mining", "summaries")
# Reports need no permission: whoever is signed in may read them.
MANAGERS = ()
DATA_STAFF = (
    "curtailment.change_bmunit",
    "curtailment.correct_record",
    "curtailment.withdraw_correction",
    "curtailment.decide_suspectday",
)
OPERATORS = (
    *DATA_STAFF,
    "curtailment.refresh_day",
    "curtailment.recalculate_day",
    "curtailment.verify_day",
    # Clearing the report cache.
    "curtailment.change_referencerevision",
    "mining.add_minermodel",
    "mining.change_minermodel",
    "django_q.view_schedule",
    "django_q.change_schedule",
    "django_q.view_success",
    "django_q.view_failure",
    "django_q.view_ormq",
)
# Name, what its members may do, and whether they may look at every table.
GROUPS = (
    ("Managers", MANAGERS, False),
    ("Data staff", DATA_STAFF, True),
    ("Operators", OPERATORS, True),
)


def create_groups(apps, schema_editor):
    """A group that exists already stays as administrators made it."""
    _create_permissions(apps)
    Group = apps.get_model("auth", "Group")
    for name, permissions, may_browse in GROUPS:
        group, is_new = Group.objects.get_or_create(name=name)
        if is_new:
            group.permissions.set(_permissions(apps, permissions, may_browse))


def _create_permissions(apps):
    """Django makes permissions only after the last migration; of these apps now."""
    for config in apps.get_app_configs():
        if config.label in (*APPS, "django_q"):
            # An app as migrations know it says nothing of its models, and would be passed over.
            config.models_module = getattr(config, "models_module", True)
            create_permissions(config, apps=apps, verbosity=0)


def _permissions(apps, names, may_browse):
    Permission = apps.get_model("auth", "Permission")
    viewed = Permission.objects.filter(
        content_type__app_label__in=APPS, codename__startswith="view_"
    )
    found = list(viewed) if may_browse else []
    for name in names:
        app_label, codename = name.split(".")
        found.append(Permission.objects.get(content_type__app_label=app_label, codename=codename))
    return found


class Migration(migrations.Migration):
    dependencies = [
        ("summaries", "0001_initial"),
        ("mining", "0003_reference_revisions"),
        ("curtailment", "0004_permissions"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("django_q", "0019_alter_task_options_alter_ormq_key_alter_ormq_lock_and_more"),
    ]

    operations = [migrations.RunPython(create_groups, migrations.RunPython.noop)]

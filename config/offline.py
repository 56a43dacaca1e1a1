"""Settings for what must not touch a database, such as `makemigrations --check`."""

from config.settings import *  # noqa: F403

DATABASES = {"default": {"ENGINE": "django.db.backends.dummy"}}

"""The web process: the only one with a pool of connections."""

import os

from config.database import POOL_SWITCH

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault(POOL_SWITCH, "1")

from django.core.wsgi import get_wsgi_application  # noqa: E402

from config.forms import with_plain_content_type  # noqa: E402

application = with_plain_content_type(get_wsgi_application())

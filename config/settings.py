"""Settings of Windfall. Every environment variable that it reads is read here.

A `.env` file beside manage.py is read too; the environment wins over it.
"""

from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from config.broker import broker_settings
from config.cache import ALIAS, cache_settings
from config.database import database_settings
from config.environment import Environment
from config.logs.configuration import log_settings
from config.production import refuse_what_is_unsafe
from config.replicas import replica_settings

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"

env = Environment()
env.read_env(BASE_DIR / ".env")

# --- Security -------------------------------------------------------------------------------

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="not-secret-only-for-debugging" if DEBUG else "")
if not SECRET_KEY:
    raise ImproperlyConfigured(
        "SECRET_KEY is not set. Run `make setup`, which writes one to .env, "
        "or set it to a long random text."
    )
ALLOWED_HOSTS = env.host_names("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
HTTPS = env.bool("HTTPS", default=False)
if HTTPS:
    refuse_what_is_unsafe(debug=DEBUG, secret_key=SECRET_KEY, allowed_hosts=ALLOWED_HOSTS)
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
# A browser takes cookies of such names over HTTPS and from this very host only.
SESSION_COOKIE_NAME = "__Host-sessionid" if HTTPS else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken" if HTTPS else "csrftoken"
KNOWN_BROWSER_COOKIE_NAME = "__Host-known" if HTTPS else "known"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
# Scripts and styles are files of ours: nothing that stands in a page is run. The admin too.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
# A file of corrections (5 MB) with its form; Django's own limit is of forms without files.
LARGEST_REQUEST_BYTES = 6_000_000

# Failed sign-ins are counted by account and address, and by address, over all web processes.
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 5
# Of all accounts together: ten of them at their limit (config/spraying.py).
FAILURE_LIMIT_OF_AN_ADDRESS = 50
AXES_HANDLER = "config.spraying.CountingAddresses"
AXES_COOLOFF_TIME = timedelta(minutes=15)
# What is tried meanwhile does not make it longer.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_USERNAME_CALLABLE = "config.sign_in.counted_name"
AXES_CLIENT_IP_CALLABLE = "config.sign_in.client_address"
AXES_LOCKOUT_CALLABLE = "config.sign_in.locked_out"
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False
# Its own pages in the admin have an action that fails: summaries/sign_in_admin.py.
AXES_ENABLE_ADMIN = False
# How many proxies of ours stand in front and add to X-Forwarded-For; without any it is not read.
PROXY_COUNT = env.natural("PROXY_COUNT", default=0)

# Whether reports may be read without signing in.
REPORTS_PUBLIC = env.bool("REPORTS_PUBLIC", default=False)

# --- Applications ---------------------------------------------------------------------------

INSTALLED_APPS = [
    "config.administration.AdministrationConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "curtailment",
    "mining",
    # Before django-q, for its qcluster takes the place of that one's.
    "summaries",
    "django_q",
    "axes",
    "csp",
]

MIDDLEWARE = [
    "config.requests.observe_requests",
    "config.hardening.send_no_body_for_head",
    "csp.middleware.CSPMiddleware",
    "config.hardening.add_headers",
    "config.hardening.refuse_large_bodies",
    "config.hardening.forget_odd_sessions",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "config.outage.DatabaseOutage",
    "axes.middleware.AxesMiddleware",
    "config.spraying.remember_browser",
]

# Queries and timings in the browser, for developers; a deployment need not have the package.
INTERNAL_IPS = ["127.0.0.1", "::1"]
DEBUG_TOOLBAR_CONFIG = {"IS_RUNNING_TESTS": False}
if DEBUG and find_spec("debug_toolbar") is not None:
    INSTALLED_APPS.append("debug_toolbar")
    # As early as possible, after what serves static files.
    after = MIDDLEWARE.index("whitenoise.middleware.WhiteNoiseMiddleware") + 1
    MIDDLEWARE.insert(after, "debug_toolbar.middleware.DebugToolbarMiddleware")

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

# --- Database -------------------------------------------------------------------------------

EMBEDDED_POSTGRES_DIR = BASE_DIR / (env.str("EMBEDDED_POSTGRES_DIR", default="") or "var/postgres")
DATABASES = {"default": database_settings(env)}
# Standbys of that database, for reports; one that is further behind (seconds) is left out.
DATABASES |= replica_settings(env, DATABASES["default"])
REPLICA_MAX_LAG = env.positive("REPLICA_MAX_LAG", default=30)
DATABASE_ROUTERS: list[Any] = []
if len(DATABASES) > 1:
    DATABASE_ROUTERS += ["config.replicas.reading.ReportRouter"]
    MIDDLEWARE.append("config.replicas.readers.RememberWrites")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Elexon and the bitcoin network ---------------------------------------------------------

ELEXON_BASE_URL = env.http_address(
    "ELEXON_BASE_URL", default="https://data.elexon.co.uk/bmrs/api/v1"
)
ELEXON_REQUESTS_PER_MINUTE = env.positive("ELEXON_REQUESTS_PER_MINUTE", default=4_500)
MEMPOOL_BASE_URL = env.http_address("MEMPOOL_BASE_URL", default="https://mempool.space/api")

# --- Background work ------------------------------------------------------------------------

Q_CLUSTER = {
    "name": "windfall",
    # Where tasks wait: in the database, or in the Redis of REDIS_URL.
    **broker_settings(env),
    "workers": 2,
    # A task that takes longer is ended, and only then may it be tried again.
    "timeout": 900,
    "retry": 1_200,
    "max_attempts": 3,
    "ack_failures": True,
    "catch_up": False,
    # Successes that are remembered, of each function: some run every minute.
    "save_limit": 1_000,
    "save_limit_per": "func",
    "bulk": 1,
    # Of the tasks that a cluster takes before a worker is free: when it stops, they have to wait
    # until they are handed over again.
    "queue_limit": 1,
    "poll": 0.5,
    "label": "Background work",
    # Clusters of their own for what takes hours, and for what staff wait for:
    # Q_CLUSTER_NAME=long-work manage.py qcluster.
    "ALT_CLUSTERS": {"long-work": {"workers": 1}, "prompt-work": {"workers": 1}},
}

# django-q reads it itself; a cluster of another name would wait for tasks that never come.
env.one_of("Q_CLUSTER_NAME", (str(Q_CLUSTER["name"]), "long-work", "prompt-work"))

# --- Pages ----------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
# Files are for our own pages.
WHITENOISE_ALLOW_ALL_ORIGINS = False
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# Report pages (summaries/caching.py). CACHE_URL: redis://host:port/number or dbcache://table;
# empty: in each web process.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    ALIAS: cache_settings(env),
}
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "summaries:overview"
LOGOUT_REDIRECT_URL = "login"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LANGUAGE_CODE = "en-gb"
USE_I18N = False
USE_TZ = True
TIME_ZONE = "Europe/London"

# --- Logging and metrics --------------------------------------------------------------------

LOGGING = log_settings(env, debug=DEBUG)
# Queries that take as long are logged with who asked them; 0: every query.
SLOW_QUERY_MS = env.natural("SLOW_QUERY_MS", default=1_000)

# Lets Prometheus read /metrics with `Authorization: Bearer ...`; without it only operators may.
METRICS_TOKEN = env.secret("METRICS_TOKEN", shortest=16)

# --- Notifications --------------------------------------------------------------------------

# Who is told by e-mail of days that fail or differ and of data that are old; empty: nobody.
NOTIFY_EMAILS = env.addresses("NOTIFY_EMAILS")
if NOTIFY_EMAILS and not env.str("EMAIL_URL", default=""):
    raise ImproperlyConfigured(
        "NOTIFY_EMAILS is set, but EMAIL_URL is not. Set it to the server that sends e-mail, "
        "like smtp+tls://user:password@host:587."
    )
if env.str("EMAIL_URL", default=""):
    vars().update(env.mail_settings("EMAIL_URL"))
# Senders that a server does not know are often refused.
DEFAULT_FROM_EMAIL = env.sender("EMAIL_FROM", default="windfall@localhost")
EMAIL_TIMEOUT = 10

env.refuse_slips_in(BASE_DIR / ".env")

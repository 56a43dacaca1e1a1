"""How gunicorn serves `config.wsgi`. https://docs.gunicorn.org/en/stable/settings.html"""

import os
import shutil
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from config.environment import Environment
from config.logs.configuration import log_settings

# Two processes suit two cores. Each makes one page at a time (summaries/making.py), and others wait
# for that in threads that hold no connection; the rest is there for pages that are made already.
worker_class = "gthread"
workers = 2
threads = 24
# A connection pool does not survive a fork: every worker loads the application itself.
preload_app = False
timeout = 60
graceful_timeout = 10
keepalive = 5
# No header of a request says under which path Windfall is served: pages are cached by theirs.
forwarder_headers = ""
# Only what is wrong.
loglevel = "warning"
accesslog = None


def log_config() -> dict[str, Any]:
    """gunicorn's own lines look like those of the application."""

    class Aside(Environment):
        # What .env says must not hide from later workers what it says by then.
        ENVIRON = dict(os.environ)

    env = Aside()
    env.read_env(Path(__file__).resolve().parent.parent / ".env")
    try:
        config = log_settings(env, debug=env.bool("DEBUG", default=False))
    except ImproperlyConfigured:
        # Told when it starts.
        return {}
    own = {"level": "WARNING", "handlers": ["console"], "propagate": False}
    return config | {"loggers": {"gunicorn.error": own, "gunicorn.access": own}}


logconfig_dict = log_config()
# A socket for an administration tool that nobody here uses.
control_socket_disable = True
# Where the processes count together (config/metrics.py); workers inherit it.
METRICS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"


def on_starting(server: Any) -> None:
    """This will make the folder in which workers count, and refuse to start with wrong settings."""
    server.made_folder = None
    refuse_wrong_settings()
    if METRICS_FOLDER not in os.environ:
        server.made_folder = os.environ[METRICS_FOLDER] = tempfile.mkdtemp(prefix="windfall-")


def refuse_wrong_settings() -> None:
    """What is wrong with the settings is told once, in a sentence, not by each worker's traceback.

    They are read in a process of its own: workers that come later read them, and new code, anew.
    """
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        if status:
            sys.exit(1)
        return
    try:
        import_module(os.environ.get("DJANGO_SETTINGS_MODULE", "config.settings"))
    except ImproperlyConfigured as error:
        sys.stderr.write(f"{error}\n")
        sys.stderr.flush()
        os._exit(1)
    os._exit(0)


def on_exit(server: Any) -> None:
    """This will remove the folder that was made for this server alone."""
    if server.made_folder:
        shutil.rmtree(server.made_folder, ignore_errors=True)


def post_worker_init(worker: Any) -> None:
    """This will get a new worker ready to draw charts, while it already answers.

    It answers also while there is no database, but only that there is none: another thread says so
    in the log, and when there is one. Replicas that cannot be used are in the log from the start.
    """
    # A page from the cache does not wait 5 ms for Python whenever another page is being made.
    sys.setswitchinterval(0.000_5)
    Thread(target=_warm_up, name="warm-up", daemon=True).start()
    Thread(target=_wait_for_database, args=(worker.log.warning,), daemon=True).start()
    _watch_replicas()


def _warm_up() -> None:
    from summaries.charts.drawing import warm_up

    warm_up()


def _wait_for_database(say: Any) -> None:
    from config.waiting import wait_for_database

    wait_for_database(say)


def _watch_replicas() -> None:
    from config.replicas.watching import known_replicas

    known_replicas()

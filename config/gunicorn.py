"""How gunicorn serves `config.wsgi`. https://docs.gunicorn.org/en/stable/settings.html"""

# Two processes with threads suit two cores and pages that wait for PostgreSQL; a thread in use
# holds a connection of its process's pool (DB_POOL_MAX).
worker_class = "gthread"
workers = 2
threads = 8
# A connection pool does not survive a fork: every worker loads the application itself.
preload_app = False
timeout = 60
graceful_timeout = 10
keepalive = 5
# Only what is wrong.
loglevel = "warning"
accesslog = None
# A socket for an administration tool that nobody here uses.
control_socket_disable = True

"""What the web processes of this machine count, for Prometheus.

Under gunicorn the processes count in files of a common folder (config/gunicorn.py), so that each
of them tells the sums of all. Figures of the database are in summaries/metrics.py.
"""

import os

from django.http import HttpRequest
from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from config.queries.timing import Totals

# prometheus-client reads it when it is imported.
FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
# Anybody can send any method, and every label's value is kept for ever.
METHODS = ("GET", "HEAD", "POST", "OPTIONS")
BUCKETS_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)

requests_total = Counter(
    "windfall_requests", "Requests by view, method and status.", ["view", "method", "status"]
)
request_seconds = Histogram(
    "windfall_request_seconds",
    "How long requests took, by view.",
    ["view"],
    buckets=BUCKETS_SECONDS,
)
queries_total = Counter("windfall_queries", "Queries that requests asked, by view.", ["view"])
query_seconds_total = Counter(
    "windfall_query_seconds", "How long the queries of requests took, by view.", ["view"]
)
report_cache_total = Counter(
    "windfall_report_cache",
    "Report pages by what the cache did: hits, misses, not_modified, failures.",
    ["outcome"],
)

report_reads_total = Counter(
    "windfall_report_reads",
    "Report pages by the server that was read; only with DATABASE_REPLICA_URLS.",
    ["server"],
)


def count_request(request: HttpRequest, status: int, seconds: float, queries: Totals) -> None:
    """This will count a request that was answered."""
    match = request.resolver_match
    view = match.view_name if match else "none"
    method = request.method if request.method in METHODS else "other"
    requests_total.labels(view, method, status).inc()
    request_seconds.labels(view).observe(seconds)
    queries_total.labels(view).inc(queries.count)
    query_seconds_total.labels(view).inc(queries.seconds)


def text_of_processes() -> bytes:
    """What the web processes of this machine counted, in Prometheus's text format."""
    if FOLDER_VARIABLE not in os.environ:
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    return generate_latest(registry)

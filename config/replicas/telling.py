"""What load balancers and Prometheus are told of replicas."""

from collections.abc import Iterator
from functools import partial

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from config.health import Check, NotWell
from config.replicas.watching import known_replicas, watcher


def replica_checks() -> list[Check]:
    """A check a replica, by its place in DATABASE_REPLICA_URLS: whoever asks is told no address.

    None is vital, as the primary answers instead; nobody waits, as what is known is told.
    """
    return [
        Check(replica.alias, partial(_tell, replica.alias), limit_ms=1_000, is_query=False)
        for replica in known_replicas()
    ]


def _tell(alias: str) -> str:
    replica = watcher().replicas[alias]
    lag = replica.lag_seconds
    behind = "" if lag is None else f", {lag:.1f} s behind"
    if not replica.is_used:
        raise NotWell(f"not used{behind}. {replica.reason_without_address}")
    return f"used{behind}"


class ReplicaCollector(Collector):
    """What the answering process knows of the replicas; nothing where there are none."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        replicas = known_replicas()
        if not replicas:
            return
        used = GaugeMetricFamily(
            "windfall_replica_used", "Whether reports are read from it (1).", labels=["server"]
        )
        lag = GaugeMetricFamily(
            "windfall_replica_lag_seconds",
            "How far it is behind the primary; not told where nobody knows.",
            labels=["server"],
        )
        for replica in replicas:
            used.add_metric([replica.name], float(replica.is_used))
            if replica.lag_seconds is not None:
                lag.add_metric([replica.name], replica.lag_seconds)
        yield from (used, lag)

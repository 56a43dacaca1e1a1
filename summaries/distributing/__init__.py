"""Spreading the big tables over a Citus cluster, and bringing them back: docs/scaling.md."""

from summaries.distributing.cluster import Cluster, ClusterRefused, check_cluster
from summaries.distributing.operations import distribute, plan, plan_undoing, undo

__all__ = [
    "Cluster",
    "ClusterRefused",
    "check_cluster",
    "distribute",
    "plan",
    "plan_undoing",
    "undo",
]

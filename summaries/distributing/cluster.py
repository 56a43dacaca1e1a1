"""Whether the database is the coordinator of a Citus cluster that is well."""

from dataclasses import dataclass
from typing import Any

from django.db import connection

# What was tried; others may spread the same statements otherwise, or refuse them.
KNOWN_MAJOR = 13
GUIDE = "docs/scaling.md says how"


class ClusterRefused(Exception):
    """Nothing can be distributed, or brought back. The message says why, and what to do."""


@dataclass(frozen=True)
class Cluster:
    """A cluster that is well: its version, and the nodes that hold rows."""

    version: str
    nodes: tuple[str, ...]

    def __str__(self) -> str:
        count = len(self.nodes)
        return f"Citus {self.version}, {count} node{'s'[: count != 1]} with rows"


@dataclass(frozen=True)
class Node:
    """A line of the coordinator's list of nodes."""

    name: str
    is_coordinator: bool
    is_active: bool
    has_rows: bool


def check_cluster() -> Cluster:
    """This will look at the extension, its version and every node. Raises ClusterRefused."""
    version = _check_version()
    nodes = _check_nodes()
    _check_answers()
    return Cluster(version, tuple(node.name for node in nodes if node.has_rows))


EXTENSION = """
    SELECT a.default_version, e.extversion
    FROM pg_available_extensions AS a LEFT JOIN pg_extension AS e ON e.extname = a.name
    WHERE a.name = 'citus'
"""
# The version of the library that is loaded, e.g. 13.2.2.
LOADED = "SELECT split_part(citus_version(), ' ', 2)"


def _check_version() -> str:
    """The version; 13.2.2 is the library's, 13.2-1 the extension's."""
    found = _rows(EXTENSION)
    if not found:
        raise ClusterRefused(
            f"This PostgreSQL has no Citus: install Citus {KNOWN_MAJOR} on every node of the "
            f"cluster and name its coordinator in DATABASE_URL; {GUIDE}."
        )
    ((_, extension),) = found
    if extension is None:
        raise ClusterRefused(
            "This PostgreSQL has Citus, but not in this database: run CREATE EXTENSION citus in "
            f"it, on every node; {GUIDE}."
        )
    ((loaded,),) = _rows(LOADED)
    if int(loaded.partition(".")[0]) != KNOWN_MAJOR:
        raise ClusterRefused(
            f"The cluster has Citus {loaded}, Windfall knows {KNOWN_MAJOR}.x: install that."
        )
    if _release(loaded) != _release(extension):
        raise ClusterRefused(
            f"The coordinator runs Citus {loaded} with the extension of {extension}: run "
            "ALTER EXTENSION citus UPDATE on every node."
        )
    return str(loaded)


def _release(version: str) -> list[str]:
    """13.2 of 13.2.2 and of 13.2-1."""
    return version.replace("-", ".").split(".")[:2]


NODES = """
    SELECT nodename || ':' || nodeport, groupid = 0, isactive, shouldhaveshards AND isactive
    FROM pg_dist_node WHERE noderole = 'primary' ORDER BY nodeid
"""
IS_WORKER = "SELECT groupid <> 0 FROM pg_dist_local_group"


def _check_nodes() -> list[Node]:
    ((is_worker,),) = _rows(IS_WORKER)
    if is_worker:
        raise ClusterRefused(
            "This is a worker of the cluster: let DATABASE_URL name its coordinator."
        )
    nodes = [Node(*row) for row in _rows(NODES)]
    for node in nodes:
        if not node.is_active:
            raise ClusterRefused(
                f"The node {node.name} is not active: run citus_activate_node for it, or "
                "citus_remove_node."
            )
    if not any(node.is_coordinator for node in nodes):
        raise ClusterRefused(
            "The coordinator is not in its own list of nodes: run "
            "SELECT citus_set_coordinator_host('its address'), which the workers reach it by."
        )
    if not any(node.has_rows for node in nodes):
        raise ClusterRefused(
            "The cluster has no node for rows: add workers with "
            "SELECT citus_add_node('address', port)."
        )
    return nodes


# What a node says of itself.
VERSIONS = """
    SELECT split_part(citus_version(), ' ', 2) || ' (extension ' || extversion
        || ') on PostgreSQL ' || current_setting('server_version_num')::int / 10000
    FROM pg_extension WHERE extname = 'citus'
"""
# Of every worker; where it does not answer, why.
ANSWERS = """
    SELECT nodename || ':' || nodeport, success, result
    FROM run_command_on_workers(%(question)s)
    ORDER BY 1
"""


def _check_answers() -> None:
    """Every worker answers, and is of the coordinator's versions."""
    ((expected,),) = _rows(VERSIONS)
    for name, is_well, answer in _rows(ANSWERS, question=VERSIONS):
        if not is_well:
            raise ClusterRefused(
                f"The worker {name} does not answer ({_first_line(answer)}): start or mend it, or "
                "remove it with citus_remove_node."
            )
        if answer != expected:
            raise ClusterRefused(
                f"The worker {name} has Citus {answer}, the coordinator {expected}: bring all "
                "nodes to the same versions."
            )


def _first_line(answer: str) -> str:
    return answer.strip().splitlines()[0].removeprefix("ERROR:").strip() if answer.strip() else "-"


def _rows(statement: str, **parameters: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall()

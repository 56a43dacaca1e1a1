"""A killed worker must not leave a cluster that looks alive and does nothing."""

import os
import signal

import psutil

from tests.journeys.test_clusters import clusters
from tests.journeys.test_interruptions import wait_until


def test_a_cluster_ends_with_a_worker_that_was_killed(elexon, environment):
    with clusters(environment, count=1) as (cluster,):
        master = psutil.Process(cluster.pid)
        # The sentinel, and below it two workers, the monitor and the pusher.
        wait_until(lambda: len(master.children(recursive=True)) == 5, seconds=60)
        (sentinel,) = master.children()
        descendants = master.children(recursive=True)
        os.kill(min(one.pid for one in sentinel.children()), signal.SIGKILL)
        assert cluster.wait(60) is not None
        _, alive = psutil.wait_procs(descendants, timeout=20)
        assert alive == []

"""Beyond one machine: requests go to other processes, and are paid for once."""

import subprocess
import sys
import textwrap
from collections import Counter
from pathlib import Path
from typing import Any

from support.clients import paid

CLUSTER = """
    import dask
    # A spawned worker would import all of Dask again.
    dask.config.set({"distributed.worker.multiprocessing-method": "forkserver"})
    from dask.distributed import Client as Cluster, LocalCluster
    from scenario_models import Client, SyncLipsyncV2, from_json

    def run(text):
        with Client() as client:
            result = client.run(from_json(text))
            return result.job.id, len(result.assets[0].bytes())

    def run_value(request):
        import os
        with Client() as client:
            return os.getpid(), client.run(request)

    if __name__ == "__main__":
        # The profiler asks for the frames of all threads, for which Python 3.11 may wait for ever (python/cpython#106883).
        dask.config.set({"distributed.worker.profile.enabled": False})
        requests = [SyncLipsyncV2(video=b"video", audio=b"a%d" % number) for number in range(8)]
        with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as here, Cluster(here) as cluster:
            halves = [cluster.map(run_value, requests[name::2], workers=[name]) for name in here.workers]
            (first, second) = cluster.gather(halves)
            texts = cluster.gather(cluster.map(run, [request.to_json() for request in requests]))
        assert len({process for process, _ in first} | {process for process, _ in second}) == 2
        with Client() as client:
            whole = [result.attach(client) for _, result in first + second]
            print(*[result.job.id for result in whole if len(result.assets[0].bytes()) > 1000])
        print(*[job for job, size in texts if size > 1000])
"""


def test_requests_run_on_a_cluster_of_two_processes(scenario_sandbox: Any, tmp_path: Path) -> None:
    (tmp_path / "work.py").write_text(textwrap.dedent(CLUSTER))
    command = [sys.executable, "work.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert Counter(done.stdout.split()) == paid(scenario_sandbox)

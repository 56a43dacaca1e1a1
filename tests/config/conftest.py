"""Embedded servers of their own, away from the one that the other tests use."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.test import override_settings

from config.database import embedded

ROOT = Path(__file__).resolve().parents[2]
# What is set for the tests of this process only, the browser's too.
OF_TESTS = ("DATABASE_URL", "DJANGO_ALLOW_ASYNC_UNSAFE")


@contextmanager
def embedded_server(home: Path) -> Iterator[Path]:
    """Makes `home` the place of this process's embedded server, and stops that in the end."""
    with override_settings(EMBEDDED_POSTGRES_DIR=home):
        try:
            yield home
        finally:
            embedded.stop()


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A folder that the server's user may pass through, which pytest's own are not."""
    path = Path(tempfile.mkdtemp(prefix="windfall-test-"))
    yield path
    shutil.rmtree(path)


@pytest.fixture(scope="module")
def home(folder: Path) -> Iterator[Path]:
    with embedded_server(folder / "postgres") as path:
        yield path


def environment(home: Path, **variables: str) -> dict[str, str]:
    """The environment of a process that uses the embedded server of `home`."""
    ours = {key: value for key, value in os.environ.items() if key not in OF_TESTS}
    # An empty one hides that of .env.
    return {**ours, "DATABASE_URL": "", "EMBEDDED_POSTGRES_DIR": str(home), **variables}


@pytest.fixture(scope="module")
def start_manage(home: Path) -> Callable[..., "subprocess.Popen[str]"]:
    """Starts `manage.py` with arguments and environment variables."""

    def start(*arguments: str, **variables: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=environment(home, **variables),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return start


@pytest.fixture(scope="module")
def manage(
    start_manage: Callable[..., "subprocess.Popen[str]"],
) -> Callable[..., "subprocess.CompletedProcess[str]"]:
    """Runs `manage.py` to its end."""

    def run(*arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
        with start_manage(*arguments, **variables) as process:
            stdout, stderr = process.communicate(timeout=60)
        return subprocess.CompletedProcess(arguments, process.returncode, stdout, stderr)

    return run

"""The systemd units run what `serve` runs, as few rights as that needs, and stop it as gently."""

import shlex
import shutil
import subprocess
import sys

import pytest

from config import gunicorn, serving
from tests.config.deployment import FOLDER, UNITS, Unit

HOME = "/opt/windfall/current"
WEB, CLUSTER = Unit("windfall-web.service"), Unit("windfall-cluster@.service")
HARDENED = {
    "NoNewPrivileges": "true",
    "CapabilityBoundingSet": "",
    "ProtectSystem": "strict",
    "ProtectHome": "true",
    "PrivateTmp": "true",
    "PrivateDevices": "true",
    "RestrictAddressFamilies": "AF_UNIX AF_INET AF_INET6",
    "SystemCallFilter": "@system-service",
    "UMask": "0077",
}


def as_deployed(command):
    """A command of `serve`, as it is in a deployment."""
    return [f"{HOME}/.venv/bin/python" if word == sys.executable else word for word in command]


def test_the_target_wants_every_cluster_the_socket_and_the_web_server():
    wanted = " ".join(Unit("windfall.target")["Unit"]["Wants"]).split()
    clusters = {f"windfall-cluster@{name}.service" for _, name in serving.CLUSTERS}
    ours = {name for name in wanted if name.startswith("windfall")}
    assert ours == clusters | {"windfall-web.service", "windfall-web.socket"}


def test_a_cluster_is_started_as_serve_does_it():
    for child, (_, name) in zip(serving.background_work(), serving.CLUSTERS, strict=True):
        env, variable, *command = child.command
        assert (env, variable) == (
            "env",
            CLUSTER.only("Environment").replace("%i", name),
        )
        assert as_deployed(command) == shlex.split(CLUSTER.only("ExecStart"))


def test_the_web_server_is_started_as_serve_does_it_on_the_socket_of_systemd():
    with serving.listen("127.0.0.1", 0) as listener:
        command = as_deployed(serving.web_server(listener).command)
    bind = command.index("--bind")
    del command[bind : bind + 2]
    assert command == shlex.split(WEB.only("ExecStart"))
    assert WEB.only("Requires", "Unit") == "windfall-web.socket"


@pytest.mark.parametrize(
    ("unit", "seconds"),
    [(WEB, gunicorn.graceful_timeout), (CLUSTER, serving.CLUSTER_PATIENCE_SECONDS)],
    ids=["web", "cluster"],
)
def test_they_are_told_to_stop_and_given_the_time_for_it(unit, seconds):
    assert (unit.only("KillMode"), unit.only("KillSignal")) == ("mixed", "SIGTERM")
    assert int(unit.only("TimeoutStopSec")) > seconds
    assert unit.only("Restart") == "always"
    assert unit.only("StartLimitIntervalSec", "Unit") == "0"


@pytest.mark.parametrize("unit", [WEB, CLUSTER], ids=["web", "cluster"])
def test_they_have_few_rights_and_no_secret(unit):
    assert {key: unit.only(key) for key in HARDENED} == HARDENED
    told = " ".join(unit["Service"].get("Environment", []))
    assert "SECRET" not in told
    assert "://" not in told
    assert unit.only("WorkingDirectory") == HOME


def test_the_web_server_does_not_know_the_owner_of_the_tables():
    common = "/etc/windfall/common.env"
    assert WEB["Service"]["EnvironmentFile"] == [common, "/etc/windfall/web.env"]
    assert CLUSTER["Service"]["EnvironmentFile"] == [common, "/etc/windfall/work.env"]
    assert WEB.only("User") != CLUSTER.only("User")


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
def test_systemd_understands_them(tmp_path):
    home = tmp_path / "home"
    (home / ".venv" / "bin").mkdir(parents=True)
    (home / ".venv" / "bin" / "python").symlink_to(sys.executable)
    for unit in UNITS:
        text = unit.read_text().replace(HOME, str(home))
        (tmp_path / unit.name).write_text(text)
    names = [unit.name.replace("@.", "@long-work.") for unit in UNITS]
    result = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", *names],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (result.returncode, result.stderr) == (0, "")


def test_the_command_of_operators_has_the_same_settings_as_the_background_work():
    script = FOLDER / "windfall"
    lines = script.read_text().splitlines()
    sourced = [line.removeprefix(". ") for line in lines if line.startswith(". ")]
    assert sourced == CLUSTER["Service"]["EnvironmentFile"]
    assert f"cd {HOME}" in lines
    assert f"runuser -u {CLUSTER.only('User')} -- .venv/bin/python manage.py" in lines[-1]
    assert script.stat().st_mode & 0o111 == 0o111

"""compose.yaml and Dockerfile run what `serve` runs, with settings that exist and no secret."""

import json
import re
import sys

import pytest
import yaml

from config import gunicorn, serving
from tests.config.deployment import ROOT
from tests.readme_page import environment_variables

COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())
SERVICES = COMPOSE["services"]
OURS = {name: one for name, one in SERVICES.items() if one["image"] == "windfall"}
# Read by django-q and by gunicorn themselves.
OTHERS = {"Q_CLUSTER_NAME", "GUNICORN_CMD_ARGS"}
DOCKERFILE = (ROOT / "Dockerfile").read_text()


def command_of(instruction):
    """The words of an instruction that is written as a list."""
    return json.loads(re.search(rf"^{instruction} (\[.*\])$", DOCKERFILE, re.MULTILINE)[1])


def test_there_is_a_service_for_each_cluster_beside_the_web_server_and_the_migrations():
    clusters = {name for _, name in serving.CLUSTERS}
    assert OURS.keys() == clusters | {"web", "migrate"}
    for child, (_, name) in zip(serving.background_work(), serving.CLUSTERS, strict=True):
        assert SERVICES[name]["environment"]["Q_CLUSTER_NAME"] == name
        assert ["python", *child.command[3:]] == SERVICES[name]["command"]


def test_the_image_serves_as_serve_does():
    with serving.listen("127.0.0.1", 0) as listener:
        command = serving.web_server(listener).command
    words = ["python" if word == sys.executable else word for word in command]
    words[words.index("--bind") + 1] = "0.0.0.0:8000"
    assert command_of("CMD") == words
    assert "command" not in SERVICES["web"]


@pytest.mark.parametrize("name", OURS)
def test_every_variable_exists(name):
    assert set(OURS[name]["environment"]) <= environment_variables().keys() | OTHERS


def test_all_that_the_settings_read_can_be_set_but_what_a_container_must_not():
    settable = {variable for one in OURS.values() for variable in one["environment"]}
    assert environment_variables().keys() - settable == {"DEBUG", "EMBEDDED_POSTGRES_DIR"}


def test_secrets_are_asked_for_in_a_sentence_and_stand_in_no_file():
    text = (ROOT / "compose.yaml").read_text()
    for secret in ("SECRET_KEY", "POSTGRES_PASSWORD", "WEB_POSTGRES_PASSWORD"):
        asked = re.findall(rf"\$\{{{secret}(.)(.)", text)
        assert set(asked) == {(":", "?")}, secret
    assert "ENV SECRET_KEY" not in DOCKERFILE
    assert "ARG" not in DOCKERFILE


def test_the_web_server_is_no_owner_and_can_be_reached_from_this_machine_only():
    web = SERVICES["web"]
    assert "//windfall_web:" in web["environment"]["DATABASE_URL"]
    assert "${POSTGRES_PASSWORD" not in str(web)
    assert [port.split(":")[0] for port in web["ports"]] == ["127.0.0.1"]
    assert [name for name, one in SERVICES.items() if "ports" in one] == ["web"]


@pytest.mark.parametrize("name", OURS)
def test_containers_have_few_rights(name):
    one = OURS[name]
    assert (one["read_only"], one["cap_drop"]) == (True, ["ALL"])
    assert one["security_opt"] == ["no-new-privileges:true"]
    assert "USER windfall" in DOCKERFILE


def test_they_are_given_the_time_to_finish():
    seconds = {name: one.get("stop_grace_period", "10s") for name, one in OURS.items()}
    assert int(seconds["web"].rstrip("s")) > gunicorn.graceful_timeout
    for _, name in serving.CLUSTERS:
        assert int(seconds[name].rstrip("s")) > serving.CLUSTER_PATIENCE_SECONDS


def test_nothing_starts_before_the_migrations_are_done():
    for name in OURS.keys() - {"migrate"}:
        needs = OURS[name]["depends_on"]
        assert needs == {"migrate": {"condition": "service_completed_successfully"}}
    assert "healthcheck" in SERVICES["postgres"]
    assert SERVICES["migrate"]["restart"] == "no"


def test_files_that_are_mounted_or_copied_exist():
    mounted = [v.split(":")[0] for v in SERVICES["postgres"]["volumes"] if v.startswith("./")]
    copied = [
        word
        for line in re.findall(r"^COPY (.*)$", DOCKERFILE, re.MULTILINE)
        for word in line.split()[:-1]
    ]
    assert len(mounted) == 2
    assert [name for name in mounted + copied if not (ROOT / name).exists()] == []
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert {f"!{name}" for name in copied} == {line for line in ignored if line[:1] == "!"}

"""README.md and docs/ say what is so: commands, settings, files. Nothing is run here."""

import re

import pytest
from django.core.management import BaseCommand, get_commands, load_command_class

from tests import readme_page
from tests.readme_page import APPS, README, ROOT

OURS = {name: app for name, app in get_commands().items() if app in APPS}


def options(command):
    """The long options that a management command takes."""
    parser = command.create_parser("manage.py", "command")
    strings = {option for action in parser._actions for option in action.option_strings}
    return {option for option in strings if option.startswith("--")}


def command_named(name):
    return load_command_class(get_commands()[name], name)


@pytest.mark.parametrize("page", readme_page.pages(), ids=lambda page: page.name)
def test_links_and_paths_lead_to_files(page):
    named = [*readme_page.links(page), *readme_page.paths(page)]
    assert [str(target) for target in named if not target.exists()] == []


@pytest.mark.parametrize("page", readme_page.pages(), ids=lambda page: page.name)
def test_commands_shown_exist_and_take_their_options(page):
    for name, shown in readme_page.commands(page):
        assert name in get_commands(), f"{page.name} shows `manage.py {name}`"
        assert set(shown) <= options(command_named(name)), f"of `{name}`"


def test_the_table_of_commands_has_each_of_ours_with_its_options():
    documented = {}
    for cell, _what in readme_page.table("command"):
        name, _, arguments = cell.strip("`").partition(" ")
        documented[name] = set(readme_page.options_of(arguments))
    assert documented.keys() == OURS.keys()
    for name, shown in documented.items():
        assert shown == options(command_named(name)) - options(BaseCommand()), name


@pytest.mark.parametrize("page", [README, ROOT / "docs" / "deployment.md"], ids=lambda p: p.name)
def test_the_table_of_settings_has_each_variable_with_its_default(page):
    read = readme_page.environment_variables()
    rows = readme_page.table("variable", page)
    documented = {row[0].strip("`"): row[1].strip("`") for row in rows}
    assert documented.keys() == read.keys()
    for name, default in read.items():
        if default:
            assert documented[name] == readme_page.as_written(default), name


def test_make_has_the_targets_shown():
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    shown = re.findall(r"(?:^|`)make (\w+)", README.read_text(), re.MULTILINE)
    assert set(shown) <= targets
    assert {"run", "test", "setup", "check"} <= set(shown)


def test_pictures_are_light():
    heavy = [p.name for p in (ROOT / "docs" / "images").iterdir() if p.stat().st_size > 300_000]
    assert heavy == []

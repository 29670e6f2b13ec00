"""Candidate list, search by name part and profile over real gunicorn, asked by twenty people at once."""

import random
import re
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection

from benchmarks import seeding, web
from benchmarks.report import Bench, Figure, p95
from crm.kernel.tenancy import workspace_scope
from crm.models import SearchCandidate, User, Workspace

USERS = 20
VISITS = 15
PAUSE = 0.5, 1.5
"""Seconds between two clicks of one person; people read."""
PARTS = ("lovelace", "kravch", "berg", "quistgren", "grace hop", "thorwald", "nowak", "skogsen")
_TIMED = re.compile(r'"GET (\S+) HTTP[^"]*" (\d+) (\d+)$')


def run(bench: Bench) -> Iterator[Figure]:
    """The time each request took in the server, by kind of page; the floor is the page's SQL alone."""
    workspace = Workspace.objects.get(pk=bench.workspace_id)
    cookies = {settings.SESSION_COOKIE_NAME: _session(seeding.owner())}
    with workspace_scope(workspace.pk):
        ids = list(SearchCandidate.objects.order_by("-pk").values_list("pk", flat=True)[:200_000:1_000])
        floors = _floors(workspace.pk, ids)
    with web.gunicorn() as (address, log):
        with httpx.Client(base_url=address, cookies=cookies, timeout=60) as one:
            for path in _paths(workspace, ids, random.Random(0)).values():
                one.get(path).raise_for_status()
        _visit(address, cookies, workspace, ids)
        taken = _taken(log)
    for name, reach in (("list", "p95 ≤ 100 ms"), ("search", "p95 ≤ 150 ms"), ("profile", "p95 ≤ 100 ms")):
        said = f"{name}, {USERS} people at once, {bench.people:,}"
        yield Figure(said, _p95(taken[name]), floors[name], reach)


def _paths(workspace: Workspace, ids: list[int], chance: random.Random) -> dict[str, str]:
    root = f"/w/{workspace.slug}/candidates/"
    return {
        "list": root + chance.choice(("", "?sort=-engagement", "?sort=name", "?page=3", "?stage=screening")),
        "search": f"{root}?q={chance.choice(PARTS).replace(' ', '+')}",
        "profile": f"{root}{chance.choice(ids)}/",
    }


def _visit(address: str, cookies: dict[str, str], workspace: Workspace, ids: list[int]) -> None:
    def visit(number: int) -> None:
        chance = random.Random(number)
        with httpx.Client(base_url=address, cookies=cookies, timeout=60) as person:
            for _ in range(VISITS):
                for path in _paths(workspace, ids, chance).values():
                    time.sleep(chance.uniform(*PAUSE))
                    person.get(path).raise_for_status()

    with ThreadPoolExecutor(USERS) as people:
        list(people.map(visit, range(USERS)))


def _taken(log: Path) -> dict[str, list[float]]:
    """Milliseconds in the server, by kind of page; the first visit of each is to warm up."""
    taken: dict[str, list[float]] = defaultdict(list)
    for line in log.read_text().splitlines():
        if found := _TIMED.search(line):
            path, status, microseconds = found.groups()
            if "/candidates/" in path and status == "200":
                taken[_kind(path)].append(int(microseconds) / 1_000)
    return {name: times[1:] for name, times in taken.items()}


def _kind(path: str) -> str:
    if "?q=" in path:
        return "search"
    return "profile" if re.search(r"/candidates/\d+/$", path) else "list"


def _p95(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.95)]


def _session(user: User) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def _floors(workspace_id: int, ids: list[int]) -> dict[str, float]:
    """The rows each page shows, asked for by hand."""

    def ask(query: str, **asked: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(query, {"workspace": workspace_id, **asked})
            cursor.fetchall()

    chance = random.Random(1)
    return {
        "list": p95(lambda: ask(_LIST)),
        "search": p95(lambda: ask(_SEARCH, part=f"%{chance.choice(PARTS)}%")),
        "profile": p95(lambda: ask(_PROFILE, candidate=chance.choice(ids))),
    }


_LIST = """
    SELECT * FROM crm_candidate_search WHERE workspace_id = %(workspace)s
    ORDER BY created_at DESC, id DESC LIMIT 50
"""
_SEARCH = """
    SELECT * FROM crm_candidate_search WHERE workspace_id = %(workspace)s AND search_text LIKE %(part)s
    ORDER BY created_at DESC, id DESC LIMIT 50
"""
_PROFILE = """
    SELECT c.*, (SELECT json_agg(p.*) FROM crm_contactpoint p WHERE p.workspace_id = c.workspace_id
                 AND p.candidate_id = c.id),
           (SELECT json_agg(e.*) FROM (SELECT * FROM crm_event e WHERE e.workspace_id = c.workspace_id
            AND e.candidate_id = c.id ORDER BY e.occurred_at DESC LIMIT 30) e)
    FROM crm_candidate c WHERE c.workspace_id = %(workspace)s AND c.id = %(candidate)s
"""

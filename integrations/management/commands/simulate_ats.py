import json
import signal
import threading
from argparse import ArgumentParser
from importlib import import_module
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from integrations.providers import registry


class Command(BaseCommand):
    help = "Run a local stand-in for an ATS that enforces the vendor's rules; for demos and tests."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("vendor", choices=list(registry.VENDORS))
        parser.add_argument("--port", type=int, default=0)
        parser.add_argument("--people", type=int, default=1_500)
        parser.add_argument("--seed", type=int, default=7)
        parser.add_argument("--state", type=Path, help="file that keeps what was written, over restarts")
        parser.add_argument(
            "--limit", type=int, default=75, help="requests per 30 seconds (Greenhouse), else a second"
        )
        parser.add_argument("--hooks", type=Path, help="JSON file with url and secret, read at start")
        parser.add_argument("--webhook-url", default="", help="where changes are announced")
        parser.add_argument("--webhook-secret", default="gh-demo-webhook-secret")

    def handle(self, *args: Any, **options: Any) -> None:
        # The simulators live with the tests, which no application code imports.
        simulator = import_module(f"tests.simulators.{options['vendor']}").Simulator(
            people=options["people"], seed=options["seed"], limit=options["limit"], state=options["state"]
        )
        if options["vendor"] == "greenhouse":
            self._announce(simulator, options)
        simulator.start(options["port"])
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        told = {**simulator.credentials, **getattr(simulator, "settings", {}), "base_url": simulator.url}
        named = " ".join(f"{name}={value}" for name, value in told.items() if isinstance(value, str))
        self.stdout.write(f"{options['vendor']} listens at {simulator.url} ({named})")
        self.stdout.flush()
        stop.wait()
        simulator.stop()

    def _announce(self, simulator: Any, options: dict[str, Any]) -> None:
        """Where changes are announced, and with which secret."""
        simulator.hooks.url, simulator.hooks.secret = options["webhook_url"], options["webhook_secret"]
        if options["hooks"] and options["hooks"].exists():
            told = json.loads(options["hooks"].read_text())
            simulator.hooks.url, simulator.hooks.secret = told["url"], told["secret"]

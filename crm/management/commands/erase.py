from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from crm.actions import erasures
from crm.management.workspace_command import WorkspaceCommand
from crm.models import Candidate, Workspace
from crm.queries.candidates import found_by_contact, living


class Command(WorkspaceCommand):
    help = "Erase a candidate: everything about them is deleted, their addresses stay suppressed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("candidate", metavar="CANDIDATE", help="the id or an e-mail address")

    def work(self, workspace: Workspace, options: dict[str, Any]) -> dict[str, Any]:
        candidate = _find(options["candidate"])
        erasures.erase(candidate=candidate)
        return {"erased": candidate.pk, "workspace": workspace.slug}


def _find(text: str) -> Candidate:
    if text.isdecimal():
        found = list(living().filter(pk=int(text)))
    else:
        found = list(found_by_contact(kind="email", normalized=text.strip().lower()))
    if len(found) != 1:
        raise CommandError(f"{len(found) or 'No'} candidates are “{text}”; name one by its id.")
    return found[0]

from typing import Any

from django.utils import timezone

from crm.management.workspace_command import WorkspaceCommand
from crm.models import Workspace
from talentpools.actions import refreshes


class Command(WorkspaceCommand):
    help = "Compute every segment of the workspace again, over everybody."

    def work(self, workspace: Workspace, options: dict[str, Any]) -> dict[str, Any]:
        done = refreshes.refresh_all(now=timezone.now())
        return {
            "segments": len(done),
            "entered": sum(one.entered for one in done),
            "left": sum(one.left for one in done),
            "failed": sum(bool(one.error) for one in done),
            "results": [
                {
                    "segment": one.segment_id,
                    "size": one.size,
                    "entered": one.entered,
                    "left": one.left,
                    "error": one.error,
                }
                for one in done
            ],
        }

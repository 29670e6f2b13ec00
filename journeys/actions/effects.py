"""Steps that change something here instead of sending mail: tasks, updates, notices, other journeys."""

from collections import defaultdict
from datetime import datetime
from typing import Any

from crm.actions import candidates, event_sets, rowsets, tags
from crm.models import Candidate, CandidateTag, Task
from journeys.actions import enrollments
from journeys.models import Journey
from journeys.policies.batches import Item
from journeys.policies.file_format import Step, StepType
from journeys.policies.rendering import fill_text
from journeys.policies.timing import due_after
from journeys.policies.walking import Done
from journeys.queries import merge_values
from talentpools.actions import members
from talentpools.models import Pool


class Effects:
    """Collects the effects of a batch and writes them together at its end."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.tasks: list[dict[str, Any]] = []
        self.updates: dict[tuple[int, str], tuple[Step, list[int]]] = {}
        self.enrolls: dict[int, list[int]] = defaultdict(list)

    def perform(self, item: Item) -> Done:
        """Take note of what the step does; nothing for steps that only move on."""
        step = item.step
        assert step is not None
        if step.type is StepType.TASK:
            return self._add_task(item, step, step.title, step.assignee)
        if step.type is StepType.NOTIFY:
            self._add_task(item, step, step.text, step.to)
        elif step.type is StepType.UPDATE:
            key = (item.enrollment.version_id, step.id)
            self.updates.setdefault(key, (step, []))[1].append(item.person.id)
        elif step.type is StepType.ENROLL and step.journey:
            self.enrolls[step.journey].append(item.person.id)
        return Done()

    def finish(self) -> None:
        """Write the collected effects."""
        rowsets.insert(Task, self.tasks)
        event_sets.record_for([row["candidate_id"] for row in self.tasks], "task.added", at=self.now)
        for step, people in self.updates.values():
            _update(step.changes or {}, people)
        for journey_id, people in self.enrolls.items():
            if journey := Journey.objects.filter(pk=journey_id, state=Journey.State.LIVE).first():
                enrollments.enroll(journey=journey, candidate_ids=people, now=self.now)

    def _add_task(self, item: Item, step: Step, title: str, to: str) -> Done:
        (task_id,) = rowsets.new_ids(Task, 1)
        assignee = int(to) if to != "owner" else item.person.owner_id or item.journey.owner_id
        place = item.person.place(item.plan.journey.settings.holidays)
        due = due_after(self.now, step.due, place) if step.due else self.now
        values = merge_values.candidate_values([item.person.id])[item.person.id]
        self.tasks.append(
            {
                "id": task_id,
                "candidate_id": item.person.id,
                "assignee_id": assignee,
                "title": fill_text(title, values)[:300],
                "due_on": due.astimezone(item.person.zone).date(),
                "created_at": self.now,
            }
        )
        return Done(task_id, step.hold, "Waits until the task is done." if step.hold else "")


def _update(changes: dict[str, Any], people: list[int]) -> None:
    if stage := changes.get("stage"):
        candidates.set_stage(candidate_ids=people, stage=stage, means="journey")
    for name in changes.get("add_tags", ()):
        tags.add(candidate_ids=people, name=name)
    if gone := {name.casefold() for name in changes.get("remove_tags", ())}:
        _untag(people, gone)
    if fields := changes.get("fields"):
        for candidate in Candidate.objects.filter(pk__in=people):
            candidates.change(candidate=candidate, given=fields)
    for key, verb in (("add_to_pool", members.add), ("remove_from_pool", members.remove)):
        if pool := Pool.objects.filter(pk=changes.get(key) or 0).first():
            verb(pool=pool, candidate_ids=people, by=None)


def _untag(people: list[int], gone: set[str]) -> None:
    for candidate in Candidate.objects.filter(pk__in=people):
        names = list(CandidateTag.objects.filter(candidate=candidate).values_list("tag__name", flat=True))
        kept = [name for name in names if name.casefold() not in gone]
        if len(kept) < len(names):
            candidates.change(candidate=candidate, given={"tags": kept})

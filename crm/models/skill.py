from django.db import models

from crm.kernel.tenancy import WorkspaceForeignKey, WorkspaceOwned


class Skill(WorkspaceOwned):
    """Something a person can do. `folded` is its name in lower case without accents."""

    name = models.CharField(max_length=80)
    folded = models.CharField(max_length=80)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta(WorkspaceOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace", "folded"], name="skill_once")]

    def __str__(self) -> str:
        return self.name


class SkillAlias(WorkspaceOwned):
    """Another name for a skill, such as JS for JavaScript: whoever comes in with it has the skill."""

    skill = WorkspaceForeignKey("crm.Skill", models.CASCADE, related_name="aliases")
    name = models.CharField(max_length=80)
    folded = models.CharField(max_length=80)

    class Meta(WorkspaceOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace", "folded"], name="skill_alias_once")]

    def __str__(self) -> str:
        return self.name


class CandidateSkill(WorkspaceOwned):
    candidate = WorkspaceForeignKey("crm.Candidate", models.CASCADE, related_name="candidate_skills")
    skill = WorkspaceForeignKey("crm.Skill", models.CASCADE, related_name="candidate_skills")

    class Meta(WorkspaceOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "candidate", "skill"], name="candidate_skill_once")
        ]
        indexes = [models.Index(fields=["workspace", "skill", "candidate"], name="candidate_skill_people")]


class Tag(WorkspaceOwned):
    """A word recruiters file people under."""

    name = models.CharField(max_length=80)
    folded = models.CharField(max_length=80)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta(WorkspaceOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace", "folded"], name="tag_once")]

    def __str__(self) -> str:
        return self.name


class CandidateTag(WorkspaceOwned):
    candidate = WorkspaceForeignKey("crm.Candidate", models.CASCADE, related_name="candidate_tags")
    tag = WorkspaceForeignKey("crm.Tag", models.CASCADE, related_name="candidate_tags")

    class Meta(WorkspaceOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "candidate", "tag"], name="candidate_tag_once")
        ]
        indexes = [models.Index(fields=["workspace", "tag", "candidate"], name="candidate_tag_people")]

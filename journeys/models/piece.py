from django.db import models

from crm.kernel.tenancy import WorkspaceOwned


class Piece(WorkspaceOwned):
    """Content that templates draw in by its key: a snippet of text, or an asset with address and picture.

    Rows of one key that name a role family or a language are variants, as with templates.
    """

    class Kind(models.TextChoices):
        SNIPPET = "snippet", "Snippet"
        ARTICLE = "article", "Article"
        BENCHMARK = "benchmark", "Benchmark"
        STORY = "story", "Story"

    key = models.SlugField(max_length=80)
    name = models.CharField(max_length=120, help_text="the title of an asset, as readers see it")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.SNIPPET)
    topic = models.CharField(max_length=40, blank=True)
    role_family = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=10, default="en")
    body = models.TextField(blank=True, help_text="the text of a snippet, the summary of an asset")
    url = models.CharField(max_length=600, blank=True)
    image_url = models.CharField(max_length=600, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta(WorkspaceOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "key", "role_family", "language"],
                condition=models.Q(archived_at=None),
                name="piece_variant_once",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_snippet(self) -> bool:
        """Whether templates draw in its text and not a title with an address."""
        return self.kind == Piece.Kind.SNIPPET

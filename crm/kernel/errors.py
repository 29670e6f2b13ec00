"""What the product refuses, and why, in words a person can act on."""


class DomainError(Exception):
    """An expected refusal. The message is a sentence for the person; `code` is for programs.

    `fields` names the inputs at fault (dotted path → sentence), empty when the refusal is about the whole.
    """

    code = "refused"
    status = 422

    def __init__(self, sentence: str = "", *, fields: dict[str, str] | None = None) -> None:
        super().__init__(sentence or (self.__doc__ or "").strip().splitlines()[0])
        self.fields = fields or {}

    @property
    def sentence(self) -> str:
        return str(self)

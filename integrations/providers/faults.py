"""How an ATS fails: for now, or for good."""

from crm.kernel.errors import DomainError


class VendorFault(DomainError):
    """The ATS did not do what was asked."""

    code = "ats_fault"
    status = 502


class Retryable(VendorFault):
    """The ATS is busy or out of reach; the same request may succeed later."""

    code = "ats_unavailable"

    def __init__(self, sentence: str, *, retry_after: float | None = None) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


class Terminal(VendorFault):
    """The ATS refused; repeating the request changes nothing."""

    code = "ats_refused"


class Revoked(Terminal):
    """The ATS no longer accepts these credentials."""

    code = "ats_credentials"


class Forbidden(Terminal):
    """The credentials are good, but have no right to this resource."""

    code = "ats_forbidden"

    def __init__(self, sentence: str, *, right: str) -> None:
        super().__init__(sentence)
        self.right = right


class Rejected(Terminal):
    """The ATS found the data wrong."""

    code = "ats_invalid"


class Gone(Terminal):
    """The ATS knows no such thing, or the position in a list is no longer valid."""

    code = "ats_gone"

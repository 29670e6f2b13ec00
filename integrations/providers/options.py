"""What several vendors ask for in the same words."""

from integrations.providers.base import Option, Reading

_OAUTH = "OAuth instead of an API key"
RARE = "Rare settings"
API_ADDRESS = Option(
    "base_url", "API address", "Only for a proxy or a test account.", is_url=True, group=RARE
)
# What no vendor names: we tell it from titles and departments.
TOLD_OF_CANDIDATES = (
    Reading("candidate", "role_family", "Role family, told from the title"),
    Reading("candidate", "seniority", "Seniority, told from the title"),
)
TOLD_OF_REQUISITIONS = (
    Reading("requisition", "role_family", "Role family, told from department and title"),
    Reading("requisition", "seniority", "Seniority, told from the title"),
)


def oauth_instead_of_a_key(refresh_token: str) -> tuple[Option, Option, Option]:
    """Id, secret and refresh token; the argument says when the last is needed."""
    return (
        Option("client_id", "OAuth client id", "Only for OAuth.", is_secret=True, group=_OAUTH),
        Option("client_secret", "OAuth client secret", "Only for OAuth.", is_secret=True, group=_OAUTH),
        Option("refresh_token", "OAuth refresh token", refresh_token, is_secret=True, group=_OAUTH),
    )

from allauth.account.models import EmailAddress
from django.db import transaction

from crm.models import User


@transaction.atomic
def create(*, email: str, name: str = "", password: str | None = None, verified: bool = False) -> User:
    """Somebody who can sign in once they have a password. Raises IntegrityError for a known address."""
    user = User.objects.create_user(email=email, password=password, name=name)
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=verified)
    return user


def find_or_create(*, email: str, name: str = "") -> User:
    """The user with this address; a new one has no usable password and sets it by mail."""
    known = User.objects.filter(email=email.strip().lower()).first()
    return known or create(email=email.strip().lower(), name=name)


def rename(*, user: User, name: str) -> User:
    """What colleagues and candidates read as the person's name."""
    user.name = name.strip()
    user.save(update_fields=["name"])
    return user

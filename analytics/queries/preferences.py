from analytics.models import Preference, Target


def preference() -> Preference:
    """What this workspace chose; the defaults, unsaved, where it chose nothing."""
    return Preference.objects.first() or Preference()


def shows_recruiters() -> bool:
    """Whether figures about single colleagues are shown here."""
    return preference().shows_recruiters


def targets() -> dict[str, float]:
    """What each figure is meant to reach, by key."""
    return dict(Target.objects.values_list("key", "value"))

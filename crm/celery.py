import os

from celery import Celery
from celery.signals import worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")

celery_app = Celery("crm")
celery_app.config_from_object("django.conf:settings", namespace="CELERY")
celery_app.autodiscover_tasks()


@worker_ready.connect
def _show_life(**_: object) -> None:
    """A worker that starts says so at once; from then on beat asks it to (crm.canary)."""
    celery_app.send_task("crm.canary")

from django.apps import AppConfig


class CrmConfig(AppConfig):
    name = "crm"
    verbose_name = "Core"

    def ready(self) -> None:
        from crm.celery import celery_app  # noqa: PLC0415 - app ready

        celery_app.autodiscover_tasks(force=True)

from typing import Any

from django.core.management.base import BaseCommand

from crm.management import catalogs


class Command(BaseCommand):
    help = "Bring the catalogs of what candidates read up to the sources, and compile them."

    def handle(self, *args: Any, **options: Any) -> None:
        for language in catalogs.translated():
            catalog, path = catalogs.renewed(language), catalogs.source_of(language)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(catalogs.written(catalog))
            path.with_suffix(".mo").write_bytes(catalogs.compiled(catalog))
            missing = [str(message.id) for message in catalog if message.id and not message.string]
            self.stdout.write(f"{language}: {len(catalog)} strings, {len(missing)} to translate")
            for words in missing:
                self.stdout.write(f"  {words}")

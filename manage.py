#!/usr/bin/env python
import os
import sys

OWNER_COMMANDS = {"migrate", "provision", "makemigrations", "sqlmigrate", "showmigrations", "seed_scale"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
    if len(sys.argv) > 1 and sys.argv[1] in OWNER_COMMANDS:
        os.environ.setdefault("DATABASE_ROLE", "owner")
    from django.core.management import execute_from_command_line  # noqa: PLC0415 - app ready

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()

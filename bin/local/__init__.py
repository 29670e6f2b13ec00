"""What bin/up and bin/test share: the toolchain, the embedded servers and the local environment.

Nouns: toolchain, PostgreSQL cluster, Valkey server, environment.
Verbs: install, build, start, stop.
Runs before the virtualenv exists, so `toolchain` imports the standard library only.
"""

"""The rule language of segments, searches and journeys (docs/rules.md).

`parsing.parse` turns the JSON tree into the frozen values of `tree`; `catalogue` says which fields and
operators exist; `words` reads a rule aloud. `crm.queries.rules` compiles what is parsed here.
"""

"""Numbers about what happened, each with its proof. Reads only; nobody imports it.

Nouns: Kpi, Cohort, Origin, Cost.
Verbs: compute, compare, list people behind.
"""

"""Timed sequences of touches for candidates.

Nouns: Journey, JourneyVersion, Step, Enrollment, StepRun, Template.
Verbs: draft, publish, pause, resume, drain, enroll, advance, exit.
"""

from analytics.models.cost import Cost
from analytics.models.definition_set import DefinitionSet
from analytics.models.report import Preference, Report, Target
from analytics.models.rollup import SHAPE, DayCount, FoldMark, Outreach, PoolMix, Reach, Standing, Stay
from analytics.models.trace import Trace
from analytics.models.view import Copy, FigureView, Mailing, OpeningView, Recipient

__all__ = [
    "SHAPE",
    "Copy",
    "Cost",
    "DayCount",
    "DefinitionSet",
    "FigureView",
    "FoldMark",
    "Mailing",
    "OpeningView",
    "Outreach",
    "PoolMix",
    "Preference",
    "Reach",
    "Recipient",
    "Report",
    "Standing",
    "Stay",
    "Target",
    "Trace",
]

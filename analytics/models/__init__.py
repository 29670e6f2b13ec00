from analytics.models.cost import Cost

__all__ = ["Cost"]

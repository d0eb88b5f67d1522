"""Where a text quotes; moved to ``bench.quotations``, for claims need it too."""

from bench.quotations import QUOTATION_RULES, Quotation, quotations

__all__ = ["QUOTATION_RULES", "Quotation", "quotations"]

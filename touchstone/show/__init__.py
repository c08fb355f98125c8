"""Show: a narrowed question becomes a page of blocks, and pages become HTML, PDF and data. Nothing here writes."""

from touchstone.show._render import data, html, navigation, pdf, report

__all__ = ["data", "html", "navigation", "pdf", "report"]

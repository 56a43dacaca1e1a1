"""The charts of pages. They show the pages' own figures, and nothing else."""

from summaries.reports.drawings.of_pages import draw_page
from summaries.reports.drawings.of_reports import Drawings, draw_overview, draw_report

__all__ = ["Drawings", "draw_overview", "draw_page", "draw_report"]

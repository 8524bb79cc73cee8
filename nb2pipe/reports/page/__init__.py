"""The report of one run: a model of plain data, and the page, the document and the text that are made from it."""

from nb2pipe.reports.page.build import build
from nb2pipe.reports.page.model import Facts, Page

__all__ = ["Facts", "Page", "build"]

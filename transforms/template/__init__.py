"""The workbook a sender fills in: a unit's cells for one period, made from the contract's forms and rules."""

from transforms.template.make import NOTHING_KNOWN, NotAReporter, TemplateFile, make_template

__all__ = ["NOTHING_KNOWN", "NotAReporter", "TemplateFile", "make_template"]

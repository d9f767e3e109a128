"""The workbook a sender fills in: a unit's cells for one period, made from the contract's forms and rules."""

from transforms.template.make import NotAReporter, TemplateFile, make_template

__all__ = ["NotAReporter", "TemplateFile", "make_template"]

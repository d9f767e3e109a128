"""Templates filled in: every value escaped, sentences from the catalogue, numbers and days as people write them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from secrets import token_hex
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from expectations.language import numbers
from expectations.language.catalogue import Language, text
from flows.portal.navigation import NAVIGATION

TOKEN = f"form-token-{token_hex(16)}"
"""Stands in a kept page where the session's own token goes; as nobody knows it, no note or address can hold it."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around every page.

    Attributes:
        account, role, unit: who is signed in; "" where nobody is.
        path: the page's own, with its query; for links that come back to it.
        base: before every link; "" at the portal, and the way to the top folder on a site of plain files.
        is_plain: pages of a site without a server: no forms, no sign-out.
        told: a sentence about what was just done, null otherwise.
    """

    language: Language
    account: str = ""
    role: str = ""
    unit: str = ""
    path: str = "/"
    base: str = ""
    is_plain: bool = False
    told: str | None = None


def rendered(template: str, values: Mapping[str, Any], frame: Frame) -> str:
    """The page as HTML."""
    return _environment(frame.language).get_template(template).render(**values, frame=frame, token=TOKEN)


def prepare(language: Language) -> None:
    """Compile all templates, so that the first page of each is as fast as the next."""
    environment = _environment(language)
    for name in environment.list_templates():
        environment.get_template(name)


@cache
def _environment(language: Language) -> Environment:
    environment = Environment(
        loader=PackageLoader("flows.portal"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals.update(t=_say(language), svg=Markup, language=language, navigation=NAVIGATION)
    environment.filters.update(
        day=lambda value: numbers.day(value, language),
        count=lambda value: numbers.count(value, language),
        tenths=lambda value: numbers.decimal(round(value, 1), language),
        period=lambda value: numbers.period(value, language),
        moment=lambda value: numbers.moment(value, language),
    )
    return environment


def _say(language: Language) -> Callable[..., str]:
    return lambda key, **values: text(key, language, **values)

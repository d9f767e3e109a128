"""How a template's cells look: sober, and telling at a glance where to write."""

from __future__ import annotations

from typing import Any

_FONT = {"font_name": "Times New Roman", "font_size": 11, "valign": "vcenter"}
_LOCKED = "#EEF1F4"
_CENTRED = {"border": 1, "align": "center"}
_KINDS: dict[str, dict[str, Any]] = {
    "plain": {},
    "strong": {"bold": True},
    "title": {"bold": True, "font_size": 14},
    "state": {"italic": True, "font_color": "#1F5C2E", "bold": True},
    "heading": {
        "bold": True,
        "border": 1,
        "text_wrap": True,
        "align": "center",
        "bg_color": "#DCE4EC",
        "font_size": 10,
    },
    "locked": {"border": 1, "bg_color": _LOCKED},
    "locked-centre": {**_CENTRED, "bg_color": _LOCKED},
    "locked-count": {"border": 1, "bg_color": _LOCKED, "num_format": "0"},
    "input": {"border": 1, "num_format": "0", "locked": False},
    "check": {"border": 1, "text_wrap": True, "font_size": 9, "indent": 1},
    "group": {"border": 1, "bold": True, "bg_color": "#E3E8ED"},
    "group-centre": {**_CENTRED, "bold": True, "bg_color": "#E3E8ED"},
    "group-count": {"border": 1, "bold": True, "bg_color": "#E3E8ED", "num_format": "0"},
    "advice": {"text_wrap": True, "valign": "top", "font_size": 12},
    "broken": {"bg_color": "#FF9C9C", "font_color": "#8A0000", "bold": True},
    "missing": {"bg_color": "#FFE699"},
    "said-broken": {"font_color": "#B00000", "bold": True},
    "said-right": {"font_color": "#1F5C2E"},
    "said-blank": {"font_color": "#808080"},
}
_CONDITIONAL = ("broken", "missing", "said-broken", "said-right", "said-blank")  # lie over a cell's own look


class TemplateFormats(dict[str, Any]):
    """A workbook's formats by what a cell is."""

    def __init__(self, file: Any) -> None:
        super().__init__()
        for name, look in _KINDS.items():
            self[name] = file.add_format(look if name in _CONDITIONAL else {**_FONT, **look})

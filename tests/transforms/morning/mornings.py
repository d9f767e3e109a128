"""Mornings to write pages of: alerts, reports and files as the warehouse gives them."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from transforms.morning.briefing import Morning

NIGHT = date(2025, 1, 6)
MONTHS = [f"{year}-{month:02d}" for year in (2023, 2024) for month in range(1, 13)]
TEXT_VI = (
    "Tháng 12/2024, {unit} có 1.218 đảng viên đi làm việc xa, trong khi mức thường thấy là khoảng 810. "
    "Dấu hiệu có từ tháng 12/2024, cảnh báo mở ngày 06/01/2025; khả năng cảnh báo sai rất nhỏ. "
    "Mức tăng rải ra nhiều xã; trước hết nên đối chiếu số liệu."
)
TEXT_EN = "In 12/2024, {unit} had 1,218 members working away. It began in 12/2024. The rise is spread; check first."
_ALERT: dict[str, Any] = {
    "alert_id": "866-away-up-2024-12",
    "unit_code": "866",
    "unit_name": "Thành phố Cao Lãnh",
    "level": "district",
    "scope": "unit",
    "family": "away",
    "indicator": "away_total",
    "direction": "up",
    "kind": "change",
    "severity": "high",
    "status": "opened",
    "first_period": "2024-12",
    "last_period": "2024-12",
    "opened_on": NIGHT,
    "reopened_on": None,
    "resolved_on": None,
    "resolution": None,
    "acknowledged_on": None,
    "silenced_until": None,
    "is_silenced_until_resolved": False,
    "q_value": 0.001,
    "event": "opened",
    "event_on": NIGHT,
}
_DATES = ("opened_on", "reopened_on", "resolved_on", "acknowledged_on", "silenced_until", "event_on")


def alerts(*changes: dict[str, Any]) -> pl.DataFrame:
    """An alert a change, each in something unlike the usual one."""
    rows = [_ALERT | change for change in changes]
    for row in rows:
        row["text_vi"], row["text_en"] = (text.format(unit=row["unit_name"]) for text in (TEXT_VI, TEXT_EN))
    kinds = dict.fromkeys(_DATES, pl.Date) | {"resolution": pl.String}
    empty = _ALERT | {"text_vi": "", "text_en": ""}
    return pl.DataFrame(rows or [empty], schema_overrides=kinds, infer_schema_length=None).head(len(rows))


def series(usual: float = 810.0, last: float = 1218.0) -> pl.DataFrame:
    """Two years of a series whose last month signals."""
    observed = [usual] * (len(MONTHS) - 1) + [last]
    return pl.DataFrame(
        {
            "period": MONTHS,
            "observed": observed,
            "expected": [usual] * len(MONTHS),
            "lower": [None] * len(MONTHS),
            "upper": [usual * 1.3] * len(MONTHS),
            "is_signal": [value != usual for value in observed],
        },
        schema_overrides={"lower": pl.Float64},
    )


def reports(states: dict[str, str], period: str = "2024-12", due_on: date = date(2025, 1, 5)) -> pl.DataFrame:
    """The state of each reporter by name."""
    rows = [
        {"reporter_code": name, "reporter_name": name, "period": period, "due_on": due_on, "state": state}
        for name, state in states.items()
    ]
    return pl.DataFrame(
        rows,
        schema={
            "reporter_code": pl.String,
            "reporter_name": pl.String,
            "period": pl.String,
            "due_on": pl.Date,
            "state": pl.String,
        },
    )


def rejected(*changes: dict[str, Any]) -> pl.DataFrame:
    """A rejected file a change."""
    usual = {
        "submission_id": 7,
        "reporter_code": "867",
        "reporter_name": "Thành phố Sa Đéc",
        "period": "2024-12",
        "received_on": date(2025, 1, 5),
        "recorded_at": NIGHT,
        "file_name": "bao cao.xlsx",
        "is_mended": False,
        "codes": [{"code": "not-a-count", "number": 3}],
        "workbook": "returns/867/2025-01-05-bao cao.xlsx.xlsx",
    }
    return pl.DataFrame([usual | change for change in changes] or [usual]).head(len(changes))


def trends() -> pl.DataFrame:
    return pl.DataFrame(
        [
            {
                "indicator": "away_rate",
                "period": "2024-12",
                "level_value": 98.04,
                "slope_per_year": 14.0,
                "slope_lower": 8.2,
                "slope_upper": 21.4,
                "word": "rising",
                "since": "2023-01",
                "values": [90.0, None, 95.0, 98.0],
            },
            {
                "indicator": "away_contact_share",
                "period": "2024-12",
                "level_value": 0.857,
                "slope_per_year": -0.0027,
                "slope_lower": None,
                "slope_upper": None,
                "word": "unclear",
                "since": None,
                "values": [0.9, 0.86],
            },
        ]
    )


def morning(**given: Any) -> Morning:
    """A morning with one alert, one unit missing and one file rejected, but for what is given."""
    usual: dict[str, Any] = {
        "as_of": NIGHT,
        "reports": reports({"Huyện Tam Nông": "missing", "Huyện Lai Vung": "reported"}),
        "rejected": rejected({}),
        "alerts": alerts({}),
        "series": {"866-away-up-2024-12": series()},
        "resolved": alerts(),
        "resolved_days": 31,
        "trends": trends(),
        "progress": None,
        "items": pl.DataFrame(),
        "small_count": 3,
        "language": "vi",
    }
    return Morning(**usual | given)

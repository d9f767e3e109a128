"""What the settings say of the follow-up, as the transforms take it."""

from __future__ import annotations

from flows.settings import Settings
from transforms.followup.steps import STEPS
from transforms.followup.thresholds import Thresholds


def thresholds_of(settings: Settings) -> Thresholds:
    """The thresholds as they are set."""
    mentioned, pending = settings.followup_pending_days
    return Thresholds(
        targets=targets_of(settings),
        level=settings.followup_level,
        fall=settings.followup_fall,
        away_share=settings.followup_away_share,
        contact_share=settings.followup_contact_share,
        small_count=settings.small_count,
        pending_days=pending,
        mentioned_days=mentioned,
        register_days=settings.followup_register_days,
        days=settings.followup_days,
    )


def targets_of(settings: Settings) -> dict[str, float]:
    """The target share of each step of Regulation 213 as it is set."""
    return {step.name: getattr(settings, f"followup_target_{step.name}") for step in STEPS}

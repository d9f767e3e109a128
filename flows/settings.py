"""What can be set: by environment variables MOBILITY_… and, below them, the file mobility.toml in the home."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import time
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, InitSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from expectations.language.catalogue import Joined, Language, Message, both
from flows.clock import live_as
from flows.errors import UserError, of_user, settings_file


class Settings(BaseSettings):
    """Each field is a setting; its description stands in docs/settings.md."""

    model_config = SettingsConfigDict(env_prefix="MOBILITY_", extra="forbid", frozen=True, enable_decoding=False)

    home: Path = Field(Path("var"), description=both("help.setting.home"))
    inbox: Path | None = Field(None, description=both("help.setting.inbox"))
    timezone: str = Field("Asia/Ho_Chi_Minh", description=both("help.setting.timezone"))
    language: Language = Field("vi", description=both("help.setting.language"))
    due_day: int = Field(5, ge=1, le=28, description=both("help.setting.due_day"))
    incomplete_share: float = Field(0.5, ge=0, le=1, description=both("help.setting.incomplete_share"))
    small_count: int = Field(3, ge=2, le=20, description=both("help.setting.small_count"))
    keep_copies: int = Field(14, ge=1, le=400, description=both("help.setting.keep_copies"))
    false_alerts_a_quarter: float = Field(3.0, gt=0, le=100, description=both("help.setting.false_alerts_a_quarter"))
    self_test: int = Field(36, ge=0, le=1000, description=both("help.setting.self_test"))
    followup_target_introduced: float = Field(
        0.95, gt=0, lt=1, description=both("help.setting.followup_target_introduced")
    )
    followup_target_registered: float = Field(
        0.95, gt=0, lt=1, description=both("help.setting.followup_target_registered")
    )
    followup_target_attended: float = Field(0.95, gt=0, lt=1, description=both("help.setting.followup_target_attended"))
    followup_target_remarked: float = Field(0.95, gt=0, lt=1, description=both("help.setting.followup_target_remarked"))
    followup_level: float = Field(0.05, gt=0, lt=1, description=both("help.setting.followup_level"))
    followup_fall: float = Field(0.1, gt=0, le=1, description=both("help.setting.followup_fall"))
    followup_away_share: float = Field(0.6, ge=0, lt=1, description=both("help.setting.followup_away_share"))
    followup_contact_share: float = Field(0.2, ge=0, lt=1, description=both("help.setting.followup_contact_share"))
    followup_pending_days: tuple[Annotated[int, Field(ge=28, le=200)], Annotated[int, Field(ge=28, le=200)]] = Field(
        (30, 90), description=both("help.setting.followup_pending_days")
    )
    followup_register_days: int = Field(30, ge=1, le=366, description=both("help.setting.followup_register_days"))
    followup_days: int = Field(30, ge=1, le=366, description=both("help.setting.followup_days"))
    readers: int = Field(2, ge=1, le=64, description=both("help.setting.readers"))
    reader_seconds: int = Field(20, ge=1, le=3600, description=both("help.setting.reader_seconds"))
    reader_megabytes: int = Field(2048, ge=512, le=65536, description=both("help.setting.reader_megabytes"))
    computing_seconds: int = Field(1800, ge=1, le=86400, description=both("help.setting.computing_seconds"))
    dask: str | None = Field(None, description=both("help.setting.dask"))
    night_at: time = Field(time(2), description=both("help.setting.night_at"))
    reminder_days: tuple[Annotated[int, Field(ge=1, le=28)], ...] = Field(
        (4, 6), min_length=1, description=both("help.setting.reminder_days")
    )
    reminder_at: time = Field(time(8), description=both("help.setting.reminder_at"))
    mail_server: str | None = Field(None, description=both("help.setting.mail_server"))
    mail_ca: Path | None = Field(None, description=both("help.setting.mail_ca"))
    serve_host: str = Field("127.0.0.1", description=both("help.setting.serve_host"))
    serve_port: int = Field(4200, ge=1024, le=65535, description=both("help.setting.serve_port"))
    serve_portal: bool = Field(True, description=both("help.setting.serve_portal"))
    portal_host: str = Field("127.0.0.1", description=both("help.setting.portal_host"))
    portal_port: int = Field(8080, ge=1, le=65535, description=both("help.setting.portal_port"))
    portal_certificate: Path | None = Field(None, description=both("help.setting.portal_certificate"))
    portal_key: Path | None = Field(None, description=both("help.setting.portal_key"))
    portal_proxy: str | None = Field(None, description=both("help.setting.portal_proxy"))
    portal_user_header: str | None = Field(None, description=both("help.setting.portal_user_header"))
    portal_idle_minutes: int = Field(30, ge=1, le=1440, description=both("help.setting.portal_idle_minutes"))
    portal_session_hours: int = Field(12, ge=1, le=168, description=both("help.setting.portal_session_hours"))
    portal_upload_megabytes: int = Field(25, ge=1, le=100, description=both("help.setting.portal_upload_megabytes"))
    metrics_token: str | None = Field(None, repr=False, description=both("help.setting.metrics_token"))
    log_to: Literal["file", "stderr"] = Field("file", description=both("help.setting.log_to"))
    log_format: Literal["lines", "json"] = Field("lines", description=both("help.setting.log_format"))
    log_megabytes: int = Field(10, ge=1, le=1000, description=both("help.setting.log_megabytes"))
    log_files: int = Field(5, ge=1, le=100, description=both("help.setting.log_files"))
    backup_folder: Path | None = Field(None, description=both("help.setting.backup_folder"))
    backup_at: time = Field(time(4), description=both("help.setting.backup_at"))
    backup_keep: int = Field(7, ge=1, le=400, description=both("help.setting.backup_keep"))
    keep_rejected_days: int | None = Field(None, ge=90, description=both("help.setting.keep_rejected_days"))
    keep_returns_days: int | None = Field(None, ge=30, description=both("help.setting.keep_returns_days"))
    lake: str | None = Field(None, min_length=1, repr=False, description=both("help.setting.lake"))
    lake_data: str | None = Field(None, min_length=1, description=both("help.setting.lake_data"))
    lake_keep_days: int | None = Field(None, ge=1, description=both("help.setting.lake_keep_days"))

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, InitSettingsSource(settings_cls, _in_file(settings_file()))

    @model_validator(mode="before")
    @classmethod
    def _blank_is_not_set(cls, given: dict[str, Any]) -> dict[str, Any]:
        """A folder of no name would be the one that the command was typed in, and an inbox is emptied."""
        return {name: value for name, value in given.items() if value != ""}

    @field_validator("*", mode="before")
    @classmethod
    def _of_its_kind(cls, given: object, info: ValidationInfo) -> object:
        """A number is no time of day, where 120 would be two minutes past midnight; true is no number."""
        kind = cls.model_fields[str(info.field_name)].annotation
        if kind is time and isinstance(given, int | float):
            raise PydanticCustomError("time", "no time of day")
        if kind in (int, float, int | None) and isinstance(given, bool):
            raise PydanticCustomError("int", "no number")
        return given

    @field_validator("*")
    @classmethod
    def _as_the_home_lives(cls, given: object) -> object:
        """A folder's ~ is the user's, which a unit file does not put in place; a time of day has no zone of its own."""
        if isinstance(given, time) and given.tzinfo is not None:
            raise PydanticCustomError("time", "no local time")
        return of_user(given) if isinstance(given, Path) else given

    @field_validator("reminder_days", "followup_pending_days", mode="before")
    @classmethod
    def _several(cls, given: object) -> object:
        """Of a variable as people write it: [4, 6], or 4,6."""
        return re.findall(r"[^\s,\[\]]+", given) if isinstance(given, str) else given

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, given: str) -> str:
        try:
            ZoneInfo(given)
        except (ValueError, OSError, LookupError) as error:  # no name, a folder, none of the kind
            raise PydanticCustomError("zone", "no time zone") from error
        return given

    @property
    def inbox_dir(self) -> Path:
        return self.inbox or self.home / "inbox"

    @property
    def archive_dir(self) -> Path:
        return self.home / "archive"

    @property
    def returns_dir(self) -> Path:
        return self.home / "returns"

    @property
    def registry_dir(self) -> Path:
        return self.home / "registry"

    @property
    def published_dir(self) -> Path:
        return self.home / "published"

    @property
    def warehouse_path(self) -> Path:
        return self.home / "warehouse.duckdb"

    @property
    def board_copy_path(self) -> Path:
        return self.home / "board.duckdb"

    @property
    def portal_dir(self) -> Path:
        return self.home / "portal"

    @property
    def board_path(self) -> Path:
        return self.home / "board.sqlite"


def load_settings(**given: object) -> Settings:
    """The settings, with what the command line gave on top; from now on it is their home's time.

    Raises:
        UserError: a setting is unknown or out of range; says which and where.
    """
    try:
        settings = Settings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        wrong = Joined(tuple(_wrong(one) for one in error.errors()), "; ")
        raise UserError("error.settings", wrong=wrong) from error
    live_as(settings.home)
    return settings


def _in_file(path: Path) -> dict[str, Any]:
    """What mobility.toml says, with the mark that Notepad puts before it passed over; nothing where there is none."""
    if not path.is_file():
        return {}
    try:
        return tomllib.loads(path.read_text("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise UserError("error.setting.encoding", path=path) from error
    except (tomllib.TOMLDecodeError, OSError) as error:
        raise UserError("error.setting.toml", why=str(error)) from error


def unknown_variables(environment: Mapping[str, str]) -> list[str]:
    """Variables that look like settings and are none: they would be passed over without a word."""
    known = {f"MOBILITY_{name.upper()}" for name in Settings.model_fields}
    return sorted(name for name in environment if name.startswith("MOBILITY_") and name not in known)


_LIMITS = {
    "greater_than_equal": ("least", "ge"),
    "greater_than": ("above", "gt"),
    "less_than_equal": ("most", "le"),
    "less_than": ("below", "lt"),
}
_KINDS = {"int": "number", "float": "number", "time": "time", "bool": "yes-or-no", "zone": "zone"}


def _wrong(error: Mapping[str, Any]) -> Message:
    """What is wrong with one setting, and what it may be."""
    name = ".".join(map(str, error["loc"]))
    kind, context = str(error["type"]), error.get("ctx", {})
    if kind == "extra_forbidden":
        near = get_close_matches(name.lower().removeprefix("mobility_"), Settings.model_fields, n=1, cutoff=0)
        return Message("error.setting.unknown", name=name, near=near[0])
    if kind in _LIMITS:
        way, limit = _LIMITS[kind]
        return Message(f"error.setting.{way}", name=name, limit=str(context[limit]))
    if kind == "literal_error":
        return Message("error.setting.one-of", name=name, known=str(context["expected"]).replace(" or ", ", "))
    return Message(f"error.setting.{_KINDS.get(kind.partition('_')[0], 'other')}", name=name)

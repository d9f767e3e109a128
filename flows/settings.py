"""What can be set: by environment variables MOBILITY_… and, below them, the file mobility.toml in the home."""

from __future__ import annotations

import os
from datetime import time
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from flows.errors import UserError


class Settings(BaseSettings):
    """Each field is a setting; its description stands in docs/settings.md."""

    model_config = SettingsConfigDict(env_prefix="MOBILITY_", extra="forbid", frozen=True)

    home: Path = Field(
        Path("var"), description="Thư mục chứa kho dữ liệu, hộp thư đến, bản công bố / Where everything is kept"
    )
    inbox: Path | None = Field(None, description="Hộp thư đến, mặc định HOME/inbox / The inbox, HOME/inbox unless set")
    timezone: str = Field("Asia/Ho_Chi_Minh", description="Múi giờ của tỉnh / The province's time zone")
    language: Literal["vi", "en"] = Field("vi", description="Ngôn ngữ hiển thị / The language shown")
    due_day: int = Field(
        5, ge=1, le=28, description="Hạn nộp: ngày của tháng sau / Reports are due on this day of the next month"
    )
    small_count: int = Field(
        3,
        ge=2,
        le=20,
        description="Số nhỏ hơn số này được bảo vệ khi công bố / Counts below it are protected where published",
    )
    keep_copies: int = Field(
        14, ge=1, le=400, description="Số bản công bố cũ được giữ / How many published copies are kept"
    )
    false_alerts_a_quarter: float = Field(
        3.0,
        gt=0,
        le=100,
        description="Số cảnh báo nhầm tối đa một quý trên toàn tỉnh / At most so many false alerts a quarter",
    )
    followup_r213_share: float = Field(
        0.0,
        ge=0,
        lt=1,
        description="Chênh lệch Quy định 213 được theo dõi trên tỷ lệ này / Gaps of Regulation 213, above it",
    )
    followup_away_share: float = Field(
        0.6,
        ge=0,
        lt=1,
        description="Đi xa chưa có hình thức sinh hoạt: theo dõi trên tỷ lệ này / Away without activity, above it",
    )
    followup_contact_share: float = Field(
        0.2,
        ge=0,
        lt=1,
        description="Đi xa không có trao đổi, hai tháng liền: trên tỷ lệ này / Out of contact two months, above it",
    )
    followup_pending_days: tuple[Annotated[int, Field(ge=28, le=200)], Annotated[int, Field(ge=28, le=200)]] = Field(
        (30, 90),
        description="Đơn chờ: nêu kèm từ, theo dõi từ số ngày, mốc nội bộ / Pending so long: told, followed up",
    )
    followup_register_days: int = Field(
        30,
        ge=1,
        le=366,
        description="Số ngày để giới thiệu, tiếp nhận, mốc nội bộ / Days to introduce and register, an internal mark",
    )
    followup_days: int = Field(
        30,
        ge=1,
        le=366,
        description="Số ngày cho việc không có thời hạn quy định, mốc nội bộ / Days for the rest, an internal mark",
    )
    readers: int = Field(2, ge=1, le=64, description="Số tiến trình đọc tệp / Processes that read files")
    reader_seconds: int = Field(
        20,
        ge=1,
        le=3600,
        description="Giây xử lý tối đa để mở một tệp, quá thì trả lại / Processor seconds one file may take",
    )
    reader_megabytes: int = Field(
        2048,
        ge=512,
        le=65536,
        description="Bộ nhớ tối đa (MB) của một tiến trình đọc tệp / Memory (MB) a process that reads files may take",
    )
    night_at: time = Field(time(2), description="Giờ chạy đêm của «mobility serve» / When the night runs")
    reminder_days: tuple[Annotated[int, Field(ge=1, le=28)], ...] = Field(
        (4, 6), min_length=1, description="Ngày nhắc đơn vị chưa báo cáo / Days on which the missing are reminded"
    )
    reminder_at: time = Field(time(8), description="Giờ nhắc / When they are reminded")
    mail_server: str | None = Field(
        None,
        description="Máy chủ thư: URL của Apprise, mật khẩu ghi {env:TÊN_BIẾN} / The mail server, secrets named only",
    )
    serve_host: str = Field(
        "127.0.0.1",
        description="Địa chỉ trang Prefect, không đặt khóa: chỉ mở trong máy / Prefect's address: no lock on it",
    )
    serve_port: int = Field(4200, ge=1024, le=65535, description="Cổng trang Prefect / Prefect's port")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        home = Path(os.environ.get("MOBILITY_HOME", "var"))
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, home / "mobility.toml")

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
    def board_path(self) -> Path:
        return self.home / "board.sqlite"


def load_settings(**given: object) -> Settings:
    """The settings, with what the command line gave on top.

    Raises:
        UserError: a setting is unknown or out of range; says which and where.
    """
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        raise UserError(
            f"Cấu hình sai: {wrong}. Sửa biến môi trường MOBILITY_… hoặc tệp mobility.toml.",
            f"The settings are wrong: {wrong}. Correct the variable MOBILITY_… or the file mobility.toml.",
        ) from error

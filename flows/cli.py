"""The `mobility` command: each command one call into the flows; nothing heavy is imported before it is needed."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Biến động và giữ chân đảng viên: từ báo cáo của huyện, xã đến kho dữ liệu, chỉ số và xu hướng. / "
    "Member mobility and retention: from districts' exports to the warehouse, indicators and trends.",
)
registry_app = typer.Typer(no_args_is_help=True, help="Danh mục đơn vị và chi bộ / The registry of units and cells")
app.add_typer(registry_app, name="registry")
alert_app = typer.Typer(no_args_is_help=True, help="Một cảnh báo: xem, tiếp nhận, kết luận / One alert")
app.add_typer(alert_app, name="alert")
followup_app = typer.Typer(no_args_is_help=True, help="Việc cần theo dõi: xem, giao, báo đã làm / The follow-up")
app.add_typer(followup_app, name="followup")

notify_app = typer.Typer(no_args_is_help=True, help="Báo tin cho người nhận / Telling the recipients")
app.add_typer(notify_app, name="notify")

Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], metavar="NGÀY")]
AlertName = Annotated[str, typer.Argument(metavar="CẢNH_BÁO", help="Mã cảnh báo / The alert's name")]
Note = Annotated[str | None, typer.Option(help="Ghi chú / A note")]
ItemName = Annotated[str, typer.Argument(metavar="VIỆC", help="Mã việc / The item's name")]


@app.command()
def nightly(
    as_of: Day = None,
    inbox: Annotated[Path | None, typer.Option(help="Thư mục <đơn vị>/<tệp> / Folder of <reporter>/<file>")] = None,
) -> None:
    """Chạy đêm: nhận tệp mới, kiểm tra, tính toán, công bố / The night: take in, validate, compute, publish."""
    from flows.commands.nightly import run_nightly

    run_nightly(as_of.date() if as_of else None, inbox)


@app.command()
def serve() -> None:
    """Chạy mỗi đêm và nhắc hạn theo lịch, bằng Prefect / Run every night and remind by the calendar, with Prefect."""
    from flows.serving.serve import run_serve

    run_serve()


@app.command()
def backfill(
    folder: Annotated[Path, typer.Argument(help="<ngày nhận>/<đơn vị>/<tệp> / <date received>/<reporter>/<file>")],
    received_on: Day = None,
) -> None:
    """Nhận một cây tệp cũ, mỗi ngày như đêm của ngày đó / Take a tree of past files in, each date as its night."""
    from flows.commands.backfill import run_backfill

    run_backfill(folder, received_on.date() if received_on else None)


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="Tệp sắp gửi / The file to send")],
    reporter: Annotated[str | None, typer.Option(help="Mã đơn vị gửi / Code of the sender")] = None,
    as_of: Day = None,
    as_json: Annotated[bool, typer.Option("--json", help="In một đối tượng JSON / Print one JSON object")] = False,
) -> None:
    """Kiểm tra một tệp trước khi gửi, không lưu gì / Check a file before sending it; nothing is stored."""
    from flows.commands.check import run_check

    raise typer.Exit(run_check(file, reporter, as_of.date() if as_of else None, as_json))


@app.command()
def status(period: Annotated[str | None, typer.Option(help="YYYY-MM")] = None) -> None:
    """Ai đã báo cáo, khi nào, ra sao / Who has reported, when, in what state."""
    from flows.commands.status import run_status

    run_status(period)


@app.command()
def sql(query: Annotated[str | None, typer.Argument(help="SELECT …")] = None, as_of: Day = None) -> None:
    """Hỏi bản công bố bằng SQL; --as-of: số liệu như được biết cuối ngày đó / Ask the published copy, or a past day."""
    from flows.commands.sql import run_sql

    run_sql(query, as_of.date() if as_of else None)


@app.command()
def export(target: Annotated[Path, typer.Argument(help="Thư mục mới / A new folder")]) -> None:
    """Xuất bản công bố thành tệp Parquet / The published copy as Parquet files with a datapackage.json."""
    from flows.commands.export import run_export

    run_export(target)


@app.command()
def trends(
    unit: Annotated[str | None, typer.Option(help="Mã đơn vị / Unit code")] = None,
    indicator: Annotated[str | None, typer.Option(help="Tên chỉ số / Name of an indicator")] = None,
) -> None:
    """Xu hướng: mức, hướng, từ khi nào / Trends: level, direction, since when."""
    from flows.commands.trends import run_trends

    run_trends(unit, indicator)


@app.command()
def alerts(
    status: Annotated[
        Literal["standing", "opened", "acknowledged", "resolved", "all"],
        typer.Option(help="standing: chưa xong / not resolved"),
    ] = "standing",
    district: Annotated[str | None, typer.Option(help="Mã huyện hoặc xã / Code of a district or commune")] = None,
    since: Day = None,
    indicator: Annotated[str | None, typer.Option(help="Tên chỉ tiêu / Name of an indicator")] = None,
    level: Annotated[Literal["province", "district", "commune"] | None, typer.Option(help="Cấp / Level")] = None,
    severity: Annotated[Literal["high", "medium", "low"] | None, typer.Option(help="Mức / Severity")] = None,
) -> None:
    """Cảnh báo đang mở, và độ đúng của từng loại / The alerts that stand, and how right each rule has been."""
    from flows.commands.alert_list import Wanted, run_alerts

    run_alerts(Wanted(status, district, since.date() if since else None, indicator, level, severity))


@app.command()
def report() -> None:
    """Viết bản tin sáng HOME/report.html, mở được khi không có mạng / Write the morning page and its mail's text."""
    from flows.night.write_page import run_report

    run_report()


@alert_app.command("show")
def alert_show(alert: AlertName) -> None:
    """Giải thích một cảnh báo, kèm biểu đồ và diễn biến / One alert explained, with its series and history."""
    from flows.commands.alert_show import run_show

    run_show(alert)


@alert_app.command("ack")
def alert_ack(alert: AlertName, note: Note = None, as_of: Day = None) -> None:
    """Tiếp nhận: đã có người xem / Take note: somebody looks at it."""
    from flows.commands.alert_acts import Doing, run_act

    run_act(Doing("alert-ack", alert, note), as_of.date() if as_of else None)


@alert_app.command("silence")
def alert_silence(
    alert: AlertName,
    until: Day = None,
    until_resolved: Annotated[bool, typer.Option("--until-resolved", help="Đến khi xong / Until resolved")] = False,
    note: Note = None,
    as_of: Day = None,
) -> None:
    """Không nhắc nữa, đến một ngày hoặc đến khi xong / Silence until a day, or until it is resolved."""
    from flows.commands.alert_acts import run_silence

    run_silence(alert, until.date() if until else None, until_resolved, note, as_of.date() if as_of else None)


@alert_app.command("close")
def alert_close(
    alert: AlertName,
    verdict: Annotated[
        Literal["true", "data-error", "expected"],
        typer.Option(help="true: đúng; data-error: sai số liệu; expected: đã biết trước / The verdict"),
    ],
    note: Annotated[str, typer.Option(help="Vì sao / Why")],
    as_of: Day = None,
) -> None:
    """Kết luận: đúng, sai số liệu, hay đã biết trước / Close with a verdict."""
    from flows.commands.alert_acts import Doing, run_act

    run_act(Doing("alert-close", alert, note, verdict=verdict), as_of.date() if as_of else None)


@followup_app.command("list")
def followup_list(
    status: Annotated[
        Literal["standing", "open", "assigned", "done", "verified", "waived", "carried", "all"],
        typer.Option(help="standing: chưa đóng / not over"),
    ] = "standing",
    unit: Annotated[str | None, typer.Option(help="Mã đơn vị báo cáo / Code of the unit that reports")] = None,
    kind: Annotated[str | None, typer.Option(help="Loại việc / The kind, e.g. r213-not-introduced")] = None,
    priority: Annotated[Literal["high", "medium", "low"] | None, typer.Option(help="Ưu tiên / Priority")] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="Chỉ việc quá hạn / Only those past their day")] = False,
) -> None:
    """Việc cần theo dõi theo đơn vị, gấp nhất trước / The worklist by unit, the most urgent first."""
    from flows.commands.followup_list import Wanted, run_list

    run_list(Wanted(status, unit, kind, priority, overdue))


@followup_app.command("show")
def followup_show(item: ItemName) -> None:
    """Một việc: số liệu, ai làm, hạn, diễn biến / One item: figures, who should act, until when, its history."""
    from flows.commands.followup_list import run_show

    run_show(item)


@followup_app.command("assign")
def followup_assign(
    item: ItemName,
    to: Annotated[str, typer.Option(help="Giao cho đơn vị, bộ phận nào / To which office")],
    note: Note = None,
    as_of: Day = None,
) -> None:
    """Giao việc / Give it to an office."""
    from flows.commands.followup_acts import Doing, run_act

    run_act(Doing("followup-assign", item, to, note), as_of.date() if as_of else None)


@followup_app.command("done")
def followup_done(
    item: ItemName, note: Annotated[str, typer.Option(help="Đã làm gì / What was done")], as_of: Day = None
) -> None:
    """Báo đã làm; đóng khi số liệu kỳ sau xác nhận / Mark it done; it ends when the next report shows it."""
    from flows.commands.followup_acts import Doing, run_act

    run_act(Doing("followup-done", item, note=note), as_of.date() if as_of else None)


@followup_app.command("waive")
def followup_waive(item: ItemName, reason: Annotated[str, typer.Option(help="Lý do / Why")], as_of: Day = None) -> None:
    """Bỏ qua, có lý do / Set it aside, with a reason."""
    from flows.commands.followup_acts import Doing, run_act

    run_act(Doing("followup-waive", item, reason=reason), as_of.date() if as_of else None)


@followup_app.command("export")
def followup_export(folder: Annotated[Path, typer.Argument(help="Thư mục / A folder")]) -> None:
    """Mỗi đơn vị một bảng tính, có cột để trả lời / A workbook a unit, with a column to answer in."""
    from flows.commands.followup_export import run_export

    run_export(folder)


@app.command()
def doctor(
    deep: Annotated[bool, typer.Option(help="Đọc lại mọi tệp lưu trữ / Read every archived file")] = False,
) -> None:
    """Kiểm tra sức khỏe của kho dữ liệu / What is wrong with the home, and what to do."""
    from flows.commands.care import run_doctor

    raise typer.Exit(run_doctor(deep))


@app.command()
def rebuild() -> None:
    """Dựng lại số liệu từ tệp lưu trữ và so sánh / Facts again from the archived bytes, compared with what stood."""
    from flows.commands.care import run_rebuild

    raise typer.Exit(run_rebuild())


@app.command()
def backup(target: Annotated[Path, typer.Argument(help="Thư mục mới / A new folder")]) -> None:
    """Sao lưu / Copy the home's data to a new folder."""
    from flows.commands.care import run_backup

    run_backup(target)


@app.command()
def restore(
    source: Annotated[Path, typer.Argument(help="Bản sao lưu / A backup")],
    replace: Annotated[bool, typer.Option(help="Thay kho đang có / In place of what stands")] = False,
) -> None:
    """Khôi phục từ bản sao lưu / Put a backup's data in the home."""
    from flows.commands.care import run_restore

    run_restore(source, replace)


@app.command()
def accept(
    submission: Annotated[int, typer.Argument(help="Số của tệp / The submission's number")],
    reason: Annotated[str, typer.Option(help="Lý do / Why")],
    as_of: Day = None,
) -> None:
    """Nhận một tệp bị trả lại vì số học, lỗi giữ nguyên / Let a file in whose arithmetic is wrong."""
    from flows.commands.decide import run_decision

    run_decision("accept", submission, reason, as_of.date() if as_of else None)


@app.command()
def retract(
    submission: Annotated[int, typer.Argument(help="Số của tệp / The submission's number")],
    reason: Annotated[str, typer.Option(help="Lý do / Why")],
    as_of: Day = None,
) -> None:
    """Rút một tệp đã nhận / Take an accepted file back."""
    from flows.commands.decide import run_decision

    run_decision("retract", submission, reason, as_of.date() if as_of else None)


@app.command()
def demo() -> None:
    """Báo cáo mẫu, nhận các tháng trước, chạy đêm cuối / Sample exports, the months before, the last night."""
    from flows.commands.demo import run_demo

    run_demo()


@registry_app.command("check")
def registry_check(file: Annotated[Path, typer.Argument(help="CSV")]) -> None:
    """Cho biết tệp CSV sẽ thay đổi gì trong danh mục / What a CSV would change in the registry."""
    from flows.commands.registry_import import run_check

    run_check(file)


@registry_app.command("import")
def registry_import(file: Annotated[Path, typer.Argument(help="CSV")], as_of: Day = None) -> None:
    """Cập nhật danh mục, xét lại các tệp đang chờ / Update the registry, judge the waiting files again."""
    from flows.commands.registry_import import run_import

    run_import(file, as_of.date() if as_of else None)


@notify_app.command("test")
def notify_test(recipient: Annotated[str, typer.Argument(help="Tên trong recipients.csv / A name of it")]) -> None:
    """Gửi một tin thử / Send one recipient a test message."""
    from flows.commands.notify import run_test

    run_test(recipient)


@notify_app.command("send")
def notify_send(dry_run: Annotated[bool, typer.Option("--dry-run", help="Chỉ in ra / Print only")] = False) -> None:
    """Gửi những tin đang chờ / Send what waits: after quiet hours, or since a server was down."""
    from flows.commands.notify import run_send

    raise typer.Exit(run_send(dry_run))


def main() -> None:
    """The console script: errors a person can mend are shown without a traceback."""
    from flows.errors import shown

    sys.exit(shown(app))

"""Every sentence the command says, in Vietnamese and English; problems have theirs in the contract."""

from __future__ import annotations

from expectations.contract.problems import Language

TEXTS: dict[str, tuple[str, str]] = {
    "night.title": ("Đêm {as_of}", "The night of {as_of}"),
    "night.files": (
        "{files} tệp: {accepted} nhận, {rejected} trả lại, {duplicates} trùng.",
        "{files} files: {accepted} accepted, {rejected} rejected, {duplicates} duplicates.",
    ),
    "night.nothing": ("Không có tệp mới.", "No new files."),
    "night.rejected": ("Trả lại", "Rejected"),
    "night.passed_over": ("Để lại trong hộp thư đến", "Left in the inbox"),
    "night.missing": ("Chưa báo cáo kỳ {period}: {names}.", "Not yet reported for {period}: {names}."),
    "night.all_reported": ("Kỳ {period}: mọi đơn vị đã báo cáo.", "{period}: every unit has reported."),
    "night.returns": ("Tệp trả lại đã đánh dấu: {path}", "Marked workbooks to send back: {path}"),
    "night.published": ("Bản công bố: {path}", "The published copy: {path}"),
    "night.exposed": (
        "{figures} số nhỏ của xã đã che nhưng vẫn có thể suy ra (huyện có quá ít xã để che cùng).",
        "{figures} hidden counts of communes could still be worked out (too few communes to hide with them).",
    ),
    "night.checked": ("Trang kiểm tra: {path}", "What was checked: {path}"),
    "column.reporter": ("Đơn vị", "Unit"),
    "column.file": ("Tệp", "File"),
    "column.why": ("Lý do", "Why"),
    "column.period": ("Kỳ", "Period"),
    "column.due": ("Hạn", "Due"),
    "column.received": ("Nhận", "Received"),
    "column.state": ("Trạng thái", "State"),
    "column.units": ("Chi bộ", "Cells"),
    "column.severity": ("Mức", "Severity"),
    "column.place": ("Ô", "Cell"),
    "column.problem": ("Vấn đề", "Problem"),
    "severity.error": ("lỗi", "error"),
    "severity.warning": ("lưu ý", "warning"),
    "state.reported": ("đã báo cáo", "reported"),
    "state.late": ("trễ hạn", "late"),
    "state.rejected": ("bị trả lại", "rejected"),
    "state.missing": ("chưa có", "missing"),
    "state.not_due": ("chưa đến hạn", "not due"),
    "status.title": ("Tình hình báo cáo kỳ {period}", "Reports for {period}"),
    "check.clean": ("Tệp hợp lệ: {file}, kỳ {period}.", "The file is in order: {file}, {period}."),
    "check.warned": (
        "Tệp nhận được, có {warnings} lưu ý: {file}, kỳ {period}.",
        "The file would be taken, with {warnings} warnings: {file}, {period}.",
    ),
    "check.faulty": ("Tệp sẽ bị trả lại: {errors} lỗi.", "The file would be rejected: {errors} errors."),
    "check.no_history": (
        "Kho dữ liệu đang bận hoặc chưa có: chưa so với kỳ trước.",
        "The warehouse is busy or absent: not compared with the period before.",
    ),
    "registry.none": ("Không có gì thay đổi.", "Nothing would change."),
    "registry.change": ("{table}: thêm {added}, sửa {changed}.", "{table}: {added} added, {changed} changed."),
    "registry.dry": (
        "Chưa ghi. Chạy «mobility registry import» để áp dụng.",
        "Nothing written. 'mobility registry import' applies it.",
    ),
    "registry.done": ("Đã cập nhật danh mục.", "The registry is updated."),
    "registry.again": (
        "Xét lại {files} tệp từng bị trả lại: {accepted} nhận.",
        "{files} rejected files judged again: {accepted} accepted.",
    ),
    "export.done": ("Đã xuất {tables} bảng vào {path}.", "{tables} tables exported to {path}."),
    "backup.done": ("Đã sao lưu {files} tệp vào {path}.", "{files} files backed up to {path}."),
    "restore.done": ("Đã khôi phục {files} tệp vào {path}.", "{files} files restored to {path}."),
    "rebuild.form": (
        "{form}: dựng lại {rows} dòng; thiếu {lost}, thừa {gained} so với kho.",
        "{form}: {rows} rows made again; {lost} of those that stood are missing, {gained} did not stand.",
    ),
    "rebuild.equal": ("Dựng lại giống hệt những gì đang có.", "What was made again equals what stood."),
    "rebuild.differs": (
        "Khác với những gì đã có: {tables}. Đã thay bằng bản dựng lại.",
        "It differs from what stood: {tables}. What was made again now stands.",
    ),
    "decision.accept": (
        "Đã nhận tệp số {id}; các lỗi được ghi là chấp nhận.",
        "Submission {id} is let in; its errors are marked waived.",
    ),
    "decision.retract": ("Đã rút tệp số {id}.", "Submission {id} is taken back."),
    "decision.later": (
        "Kho dữ liệu đang bận; quyết định sẽ được thực hiện ở lần chạy tới.",
        "The warehouse is busy; the next run carries this out.",
    ),
    "trends.indicator": ("Chỉ số", "Indicator"),
    "trends.unit": ("Đơn vị", "Unit"),
    "trends.level": ("Mức", "Level"),
    "trends.one_year": ("Mười hai tháng", "Twelve months"),
    "trends.two_years": ("Hai năm", "Two years"),
    "trends.direction": ("Hướng", "Direction"),
    "trends.since": ("Từ", "Since"),
    "trends.slope": ("Mỗi năm", "A year"),
    "word.tăng": ("[red]↗ tăng[/]", "[red]↗ rising[/]"),
    "word.giảm": ("[blue]↘ giảm[/]", "[blue]↘ falling[/]"),
    "word.không rõ": ("không rõ", "not clear"),
    "trends.none": (
        "Chưa đủ số liệu để nói xu hướng (cần 24 tháng).",
        "Not enough figures to tell a trend (24 months are needed).",
    ),
    "reading": ("Đọc tệp", "Reading"),
    "serve.running": (
        "Đang chạy: {page} (đêm lúc {at}, {timezone}). Ctrl-C để dừng.",
        "Running: {page} (the night at {at}, {timezone}). Ctrl-C stops it.",
    ),
    "demo.writing": ("Viết báo cáo mẫu vào {path}", "Writing sample exports to {path}"),
    "demo.backfill": ("Tiếp nhận các tháng trước", "Taking the earlier months in"),
    "demo.night": ("Chạy đêm cuối bằng Prefect", "Running the last night with Prefect"),
    "demo.next": (
        'Xem tiếp: «mobility status», «mobility trends», «mobility sql "…"».',
        "Look next: 'mobility status', 'mobility trends', 'mobility sql \"…\"'.",
    ),
}


def text(key: str, language: Language, **words: object) -> str:
    """A sentence of the catalogue with its words filled in."""
    vi, en = TEXTS[key]
    return (vi if language == "vi" else en).format(**words)

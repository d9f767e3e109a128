"""The words messages are made of, each in Vietnamese and English."""

from __future__ import annotations

PHRASES: dict[str, tuple[str, str]] = {
    "board.subject": ("Đêm {night}: {items}", "The night of {night}: {items}"),
    "board.quiet": ("không có việc mới", "nothing new"),
    "board.failed": ("đêm không chạy được", "the night failed"),
    "board.high": ("{n} cảnh báo mức cao", "alerts of high severity: {n}"),
    "board.alerts": ("{n} tin về cảnh báo", "news of alerts: {n}"),
    "board.overdue": ("{n} báo cáo quá hạn", "reports overdue: {n}"),
    "board.rejected": ("{n} tệp bị trả lại", "files rejected: {n}"),
    "reporter.subject.rejected": ("Tệp báo cáo cần sửa và gửi lại", "A report to correct and send again"),
    "reporter.subject.overdue": ("Báo cáo quá hạn", "A report is overdue"),
    "reporter.subject.reminder": ("Nhắc hạn báo cáo", "A report is due"),
    "reporter.dear": ("Kính gửi {units},", "To {units},"),
    "reporter.check": (
        "Trước khi gửi có thể thử bằng «mobility check TỆP». Có gì vướng, xin trả lời cho Ban.",
        "'mobility check FILE' tries a file before it is sent. If something stands in the way, please tell the board.",
    ),
    "again": (
        "(Gửi lại vì lần gửi trước bị ngắt giữa chừng. Nếu đã nhận tin này thì xin bỏ qua.)",
        "(Sent again, since the sending was broken off. If you have this message already, please pass over it.)",
    ),
    "lost": ("(Tệp kèm theo không còn: {names}. Hỏi Ban.)", "(No longer there to attach: {names}. Ask the board.)"),
    "large": (
        "(Tệp kèm theo lớn quá, không gửi được qua đường này: {names}. Hỏi Ban.)",
        "(Too large to go this way: {names}. Ask the board.)",
    ),
    "high": ("CẢNH BÁO MỨC CAO", "ALERTS OF HIGH SEVERITY"),
    "medium": ("CẢNH BÁO MỨC VỪA", "ALERTS OF MEDIUM SEVERITY"),
    "low": ("CẢNH BÁO MỨC THẤP", "ALERTS OF LOW SEVERITY"),
    "opened": ("Mới", "New"),
    "worsened": ("Nặng hơn", "Worse"),
    "reopened": ("Trở lại", "Back again"),
    "resolved": ("Đã xong", "Resolved"),
    "reports": ("BÁO CÁO", "REPORTS"),
    "rejected": ("TỆP BỊ TRẢ LẠI", "REJECTED FILES"),
    "summary": ("TÓM TẮT ĐÊM", "THE NIGHT IN SHORT"),
    "failure": ("ĐÊM KHÔNG CHẠY ĐƯỢC", "A NIGHT THAT FAILED"),
    "overdue.board": ("Quá hạn, tháng {period} (hạn {due}): {names}.", "Overdue for {period} (due {due}): {names}."),
    "no-address": ("{name} (chưa có địa chỉ để nhắc)", "{name} (no address to remind)"),
    "overdue.own": (
        "Báo cáo tháng {period} của {unit} đã quá hạn ngày {due}. Ban chưa nhận được tệp hợp lệ.",
        "The report of {unit} for {period} was due on {due}. The board has not received a valid file.",
    ),
    "reminder.own": (
        "Báo cáo tháng {period} của {unit} đến hạn ngày {due}. Ban chưa nhận được tệp hợp lệ.",
        "The report of {unit} for {period} is due on {due}. The board has not received a valid file yet.",
    ),
    "rejected.board": (
        "{unit}: tệp{period} nhận ngày {received} bị trả lại, {errors} lỗi, {warnings} lưu ý.",
        "{unit}: the file{period} received on {received} was rejected; errors: {errors}, warnings: {warnings}.",
    ),
    "rejected.people": (
        "{unit}: tệp nhận ngày {received} có danh sách người, bị từ chối và không lưu.",
        "{unit}: the file received on {received} lists people; it was refused and not kept.",
    ),
    "rejected.own": (
        "Tệp «{file}»{period} nhận ngày {received} bị trả lại: {errors} lỗi, {warnings} lưu ý.",
        "The file '{file}'{period} received on {received} was rejected; errors: {errors}, warnings: {warnings}.",
    ),
    "rejected.marked": (
        " Bảng tính kèm theo đã đánh dấu chỗ sai; sửa rồi gửi lại cả tệp.",
        " The workbook with this message is marked where it is wrong; correct it and send the whole file again.",
    ),
    "rejected.own.people": (
        "Tệp «{file}» nhận ngày {received} có danh sách người nên bị từ chối và không lưu. "
        "Xin gửi lại chỉ số tổng hợp, không gửi tên người.",
        "The file '{file}' received on {received} lists people; it was refused and not kept. Please send counts only, "
        "never names.",
    ),
    "of-period": (" tháng {period}", " for {period}"),
    "night.files": (
        "{files} tệp: {accepted} nhận, {rejected} trả lại, {duplicates} trùng.",
        "Files: {files}; accepted {accepted}, rejected {rejected}, duplicates {duplicates}.",
    ),
    "night.nothing": ("Không có tệp mới.", "No new files."),
    "night.missing": ("Tháng {period}: còn {n} đơn vị chưa báo cáo.", "{period}: units that have not reported: {n}."),
    "night.complete": ("Tháng {period}: mọi đơn vị đã báo cáo.", "{period}: every unit has reported."),
    "night.alerts": (
        "Cảnh báo đang mở: {high} cao, {medium} vừa, {low} thấp.",
        "Alerts that stand: {high} high, {medium} medium, {low} low.",
    ),
    "night.untold": (
        "{waiting} tin chưa gửi được, {given_up} tin thôi gửi sau 30 ngày: xem «mobility notify send».",
        "Messages not sent yet: {waiting}; given up after 30 days: {given_up}. See 'mobility notify send'.",
    ),
    "night.mistakes": (
        "recipients.csv sai ở dòng {lines}: những người nhận ấy không được báo. Xem «mobility notify send --dry-run».",
        "recipients.csv is wrong in line {lines}: those are told nothing. See 'mobility notify send --dry-run'.",
    ),
    "failed": (
        "Đêm {night} không chạy được: {why}. Chạy lại bằng «mobility nightly»; xem «mobility doctor» và nhật ký.",
        "The night of {night} failed: {why}. Run 'mobility nightly' again; see 'mobility doctor' and the log.",
    ),
    "why.StoreLocked": ("kho dữ liệu bị một việc khác giữ", "something else has the warehouse open"),
    "why.StoreMissing": ("không mở được kho dữ liệu", "the warehouse cannot be opened"),
    "why.StoreTooNew": ("kho dữ liệu mới hơn chương trình", "the warehouse is newer than the program"),
    "why.SchemaChanged": ("một bước nâng cấp đã bị sửa", "a migration was changed"),
    "why.ArchiveIncomplete": ("tệp lưu trữ thiếu hoặc hỏng", "archived files are missing or damaged"),
    "why.EditionRefused": ("bản công bố không đạt", "the copy for readers is not fit to be published"),
    "why.UserError": ("cấu hình hoặc danh mục sai", "settings or the registry are wrong"),
    "why.stopped": ("bị ngắt giữa chừng", "it was broken off"),
    "why.other": ("lỗi {name}", "the error {name}"),
    "test.subject": ("Thử địa chỉ nhận tin", "A test of this address"),
    "test.body": (
        "Tin thử cho «{name}». Từ nay tin của mobility sẽ đến địa chỉ này.",
        "A test for '{name}'. What mobility has to tell will come to this address.",
    ),
}


def phrase(key: str, language: str, **words: object) -> str:
    """A phrase with its words filled in."""
    vi, en = PHRASES[key]
    return (vi if language == "vi" else en).format(**words)

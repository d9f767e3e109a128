"""The words of the morning page, each in Vietnamese and English."""

from __future__ import annotations

from datetime import date

Pair = tuple[str, str]

PHRASES: dict[str, Pair] = {
    "title": ("Bản tin sáng {day}", "The morning of {day}"),
    "board": ("Ban Tổ chức Tỉnh ủy", "The provincial party organisation board"),
    "until": (
        "Theo những gì nhận được đến hết đêm {day}. Trang nội bộ của Ban, không công bố.",
        "As received up to the night of {day}. For the board only, not to be published.",
    ),
    "attention": ("Cần chú ý trước hết", "First of all"),
    "lead.alert": ("Hôm nay cần chú ý trước hết: {seen}", "What needs attention first today: {seen}"),
    "lead.missing": (
        "Không có cảnh báo nào phải xem trước; cần đôn đốc {n} đơn vị chưa có báo cáo hợp lệ tháng {period}: {names}.",
        "No alert comes first; {n} units without a valid report for {period} need a word: {names}.",
    ),
    "lead.calm": ("Hôm nay không có đơn vị nào cần chú ý đặc biệt.", "No unit needs particular attention today."),
    "lead.more": ("Sau đó đến {units}.", "Then {units}."),
    "tile.reports": ("đơn vị có báo cáo tháng {period}", "units have reported for {period}"),
    "tile.rejected": ("tệp bị trả lại, chưa sửa", "rejected files not mended yet"),
    "tile.alerts": (
        "cảnh báo đang mở: {high} cao, {medium} vừa, {low} thấp",
        "alerts stand: {high} high, {medium} medium, {low} low",
    ),
    "tile.followup": ("việc theo dõi đang mở, {overdue} quá mốc", "follow-up items open, {overdue} past their mark"),
    "of": ("{part}/{whole}", "{part}/{whole}"),
    "missing": ("Chưa báo cáo", "Not yet reported"),
    "missing.none": ("Mọi đơn vị đã có báo cáo hợp lệ tháng {period}.", "Every unit has a valid report for {period}."),
    "missing.nothing": ("Chưa có kỳ báo cáo nào đến hạn.", "No report has been due yet."),
    "missing.due": (
        "Báo cáo tháng {period}, hạn ngày {due}, đến nay quá {n} ngày:",
        "Reports for {period}, due on {due}, {n} days ago:",
    ),
    "missing.earlier": ("Các tháng trước còn thiếu: {list}.", "Earlier months still missing: {list}."),
    "state.missing": ("Chưa có tệp nào", "Nothing received"),
    "state.rejected": ("Tệp bị trả lại, chưa gửi lại", "Rejected, not sent again"),
    "unit": ("Đơn vị", "Unit"),
    "rejected": ("Tệp bị trả lại", "Rejected files"),
    "rejected.none": ("Không có tệp nào bị trả lại mà chưa sửa.", "No rejected file waits to be mended."),
    "rejected.note": (
        "Chỗ sai được tô màu trong bảng tính trả lại; ở đây chỉ ghi loại lỗi và số chỗ.",
        "The workbook that goes back is marked at each fault; here only the kinds of faults and how many there are.",
    ),
    "received": ("Nhận ngày", "Received"),
    "why": ("Lý do", "Why"),
    "workbook": ("Bảng tính đã đánh dấu", "Marked workbook"),
    "workbook.none": ("không có", "none"),
    "places": ("{what} ({n} chỗ)", "{what} ({n} places)"),
    "tonight": ("mới", "new"),
    "alerts": ("Cảnh báo", "Alerts"),
    "alerts.none": ("Không có cảnh báo nào đang mở.", "No alert stands."),
    "group.new": ("Mới", "New"),
    "group.worse": ("Nặng thêm", "Worse"),
    "group.standing": ("Vẫn đang mở", "Still standing"),
    "group.brief": ("Còn lại, ghi tóm tắt", "The others in short"),
    "severity.high": ("Mức cao", "High"),
    "severity.medium": ("Mức vừa", "Medium"),
    "severity.low": ("Mức thấp", "Low"),
    "alert.since": ("từ {month}, mở ngày {day}", "since {month}, opened on {day}"),
    "alert.reopened": ("từ {month}, mở lại ngày {day}", "since {month}, reopened on {day}"),
    "alert.worse": ("nặng thêm ngày {day}", "worse on {day}"),
    "alert.acknowledged": ("đã có người tiếp nhận ngày {day}", "somebody took note on {day}"),
    "alert.silent": ("không nhắc đến hết {day}", "silent until {day}"),
    "alert.silent_to_end": ("không nhắc đến khi xong", "silent until resolved"),
    "chart": ("{noun}, {unit}", "{noun}, {unit}"),
    "chart.aria": (
        "Biểu đồ {noun}, {unit}, từ {first} đến {last}. Tháng {month}: {observed}, mức thường {expected}.",
        "Chart of {noun}, {unit}, from {first} to {last}. {month}: {observed}, usual {expected}.",
    ),
    "legend.observed": ("số báo cáo", "reported"),
    "legend.signal": ("khác thường", "out of the ordinary"),
    "legend.expected": ("mức thường", "usual"),
    "legend.band": ("khoảng thường gặp", "usual range"),
    "hidden": ("Số dưới {k} vẽ như nhau.", "Counts below {k} are drawn alike."),
    "figures": ("Số liệu 12 tháng", "Figures of 12 months"),
    "month": ("Tháng", "Month"),
    "seen": ("Số báo cáo", "Reported"),
    "usual": ("Mức thường", "Usual"),
    "resolved": ("Cảnh báo vừa xong", "Alerts resolved lately"),
    "resolved.none": ("Không có cảnh báo nào xong trong {n} ngày qua.", "No alert was resolved in the last {n} days."),
    "resolution.returned": ("đã trở lại mức thường", "back to the usual"),
    "resolution.corrected": ("số liệu đã sửa", "figures corrected"),
    "resolution.new-level": ("kéo dài một năm, coi là mức mới", "a year old, now the new level"),
    "resolution.reported": ("báo cáo đã đến", "the report came"),
    "resolution.passed": ("đã có báo cáo kỳ sau", "the next report came"),
    "resolution.closed": ("Ban đã kết luận", "closed by the board"),
    "resolution.unit-ended": ("đơn vị không còn", "the unit ended"),
    "trends": ("Xu hướng toàn tỉnh", "Trends of the province"),
    "trends.none": (
        "Chưa đủ số liệu để nói xu hướng: cần 24 tháng.",
        "Not enough figures to tell a trend: 24 months are needed.",
    ),
    "trends.note": (
        "Đã loại mùa vụ và Tết, đến tháng {period}. «Không rõ» nghĩa là bằng chứng chưa đủ, không phải là đứng yên.",
        "Season and Tết taken out, up to {period}. 'Not clear': the evidence is lacking, not that it stands still.",
    ),
    "indicator": ("Chỉ số", "Indicator"),
    "level": ("Mức hiện nay", "Level now"),
    "direction": ("Hướng", "Direction"),
    "a_year": ("Mỗi năm", "A year"),
    "two_years": ("24 tháng", "24 months"),
    "word.tăng": ("↗ tăng", "↗ rising"),
    "word.giảm": ("↘ giảm", "↘ falling"),
    "word.không rõ": ("không rõ", "not clear"),
    "word.since": ("từ {month}", "since {month}"),
    "per": ("trên {scale}", "per {scale}"),
    "points": ("điểm %", "points"),
    "followup": ("Theo dõi Quy định 213", "Follow-up of Regulation 213"),
    "followup.none": ("Chưa có số liệu về tiến độ theo dõi.", "There are no figures of the follow-up's progress yet."),
    "followup.note": (
        "Theo đơn vị, không theo người. «Quá mốc» tính cả mốc theo dõi nội bộ, không phải thời hạn theo quy định.",
        "By unit, never by person. 'Past its mark' counts internal marks too, which no regulation sets.",
    ),
    "followup.line": (
        "- {kind}: {standing} đang mở, {overdue} quá mốc, {closed} đã đóng",
        "- {kind}: {standing} open, {overdue} past their mark, {closed} closed",
    ),
    "followup.kind": ("Loại việc", "Kind"),
    "followup.standing": ("Đang mở", "Open"),
    "followup.overdue": ("Quá mốc", "Past its mark"),
    "followup.closed": ("Đã đóng", "Closed"),
    "followup.median": ("Số ngày, trung vị", "Median days"),
    "followup.pressing": ("Gấp nhất", "Most pressing"),
    "followup.empty": ("Không có việc nào phải theo dõi.", "There is nothing to follow up."),
    "due": ("hạn {day}", "due on {day}"),
    "mark": ("mốc nội bộ {day}", "internal mark {day}"),
    "how": ("Xem thêm", "To see more"),
    "how.alerts": (
        "Một cảnh báo: «mobility alert show MÃ»; đã biết: «mobility alert ack MÃ»; kết luận: "
        "«mobility alert close MÃ».",
        "An alert: 'mobility alert show ID'; take note: 'mobility alert ack ID'; verdict: 'mobility alert close ID'.",
    ),
    "how.privacy": (
        "Trang này không có số liệu của chi bộ hay của người nào; số nhỏ của xã về đơn xin ra, liên lạc và giảm đảng "
        "viên được ghi là «dưới {k}».",
        "Nothing of a cell or a person stands here; small counts of a commune's requests, contact and departures are "
        "told as 'fewer than {k}'.",
    ),
    "failed": (
        "Không viết được trang này cho đêm {day} ({why}). Số liệu của đêm vẫn đầy đủ trong kho. Xem nhật ký rồi chạy "
        "«mobility report».",
        "This page could not be written for the night of {day} ({why}). The night's figures are all in the warehouse. "
        "See the log, then run 'mobility report'.",
    ),
}

REASONS: dict[str, Pair] = {
    "unknown-district": ("không phải đơn vị báo cáo của kỳ", "no reporter of the period"),
    "unsupported-format": ("định dạng không nhận", "a format that is not taken"),
    "unreadable-file": ("tệp hỏng, không đọc được", "the file is damaged"),
    "empty-file": ("tệp trống", "the file is empty"),
    "encrypted-file": ("tệp có mật khẩu", "the file has a password"),
    "file-too-large": ("tệp quá lớn", "the file is too large"),
    "unknown-form": ("không có biểu nào theo mẫu", "no table of the templates"),
    "missing-form": ("thiếu biểu", "a form is missing"),
    "missing-column": ("thiếu cột", "a column is missing"),
    "period-invalid": ("kỳ báo cáo không hợp lệ", "the period is not valid"),
    "wrong-district": ("số liệu của đơn vị khác", "another unit's figures"),
    "unknown-unit": ("tên đơn vị không có trong danh mục", "units that are not in the registry"),
    "duplicate-unit": ("một chi bộ có hai dòng", "a cell stands twice"),
    "not-a-count": ("ô không phải số đếm", "cells that hold no count"),
    "negative-count": ("số âm", "negative figures"),
    "balance-broken": ("đầu kỳ, tăng, giảm và cuối kỳ không khớp", "opening, changes and closing do not agree"),
    "parts-exceed-total": ("các phần không khớp tổng số", "parts that do not fit their total"),
    "cross-form-mismatch": ("hai biểu ghi khác nhau", "two forms disagree"),
    "personal-data": ("có danh sách người: từ chối, không lưu nội dung", "lists people: refused, its content not kept"),
}
"""Why a file went back, by problem code; the cells and their figures stand in the workbook only."""

WHOLE_FILE = frozenset(
    {
        "unknown-district",
        "unsupported-format",
        "unreadable-file",
        "empty-file",
        "encrypted-file",
        "file-too-large",
        "unknown-form",
        "period-invalid",
        "wrong-district",
        "personal-data",
    }
)
"""Codes said of a file once, so that no number of places is told."""


def say(key: str, language: str, **words: object) -> str:
    """A phrase with its words filled in."""
    return PHRASES[key][language == "en"].format(**words)


def reason(code: str, number: int, language: str) -> str:
    """Why a file was rejected: the kind of fault, and in how many places."""
    what = REASONS.get(code, (code, code))[language == "en"]
    return what if code in WHOLE_FILE or number < 2 else say("places", language, what=what, n=number)


def day(value: date, language: str) -> str:
    """A day as people write it."""
    return f"{value:%d-%m-%Y}" if language == "vi" else value.isoformat()


def month(period: str, language: str) -> str:
    """`2024-12` as people write it: 12/2024 in Vietnamese."""
    return f"{period[5:]}/{period[:4]}" if language == "vi" else period

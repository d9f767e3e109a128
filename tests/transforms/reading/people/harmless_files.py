"""Files with names that are no list of people: signed reports, hamlets called after people, clerks' remarks."""

from __future__ import annotations

import base64
import random
import zlib
from collections.abc import Callable
from typing import Any

from tests.transforms.reading.people.people_files import MAIN, Report, edited, opendocument, workbook, xls
from tests.transforms.reading.people.people_lists import GIVEN, MIDDLE, SURNAMES
from transforms.samples.writers import zipped

Random = random.Random


def harmless_file(kind: str, seed: int, report: Report) -> tuple[str, bytes]:
    """A file's name and bytes; `report` is the grid of a good report."""
    return f"báo cáo.{kind.split(maxsplit=1)[0]}", HARMLESS[kind](random.Random(f"{kind} {seed}"), report)


def name(random_: Random) -> str:
    return " ".join(random_.choice(part) for part in (SURNAMES, MIDDLE, GIVEN))


def phone(random_: Random) -> str:
    return f"0{random_.choice('379')}{random_.randrange(10**8):08}"


def _signed(random_: Random, report: Report) -> Report:
    """With signers below, their telephones, and where and when it was signed."""
    block: Report = [
        [],
        ["", "", "", f"Đồng Tháp, ngày 0{random_.randint(1, 5)} tháng 4 năm 2024"],
        ["NGƯỜI LẬP BIỂU", "", "KIỂM TRA", "", "T/M BAN TỔ CHỨC"],
        ["", "", "", "", "TRƯỞNG BAN"],
        [name(random_), "", name(random_), "", name(random_).upper()],
        [f"ĐT: {phone(random_)}", "", f"SĐT: {phone(random_)}"],
    ]
    return [*report, *block]


def _signed_below_one_another(random_: Random, report: Report) -> Report:
    lines = [[f"{what}: {name(random_)}"] for what in ("Người lập", "Kiểm tra", "Phê duyệt")]
    return [*report, *(line for one in lines for line in (one, [f"Điện thoại: {phone(random_)}"]))]


def _called_after_people(random_: Random, report: Report) -> Report:
    """Hamlets that the registry does not know, called after people, with counts that look like years."""
    rows: Report = [["STT", "Đảng bộ", "Chi bộ", "Số đảng viên đầu kỳ", "Số đảng viên cuối kỳ", "Mã"]]
    for number in range(1, random_.randint(10, 30)):
        kind = random_.choice(("Ấp", "Khóm", "Chi bộ ấp", "Trường THCS", "Trường Tiểu học", "Chi bộ Khóm"))
        count = random_.randint(1920, 2009) if number % 5 == 0 else random_.randint(10, 90)
        rows.append(
            [number, "Xã Tân Hội Trung", f"{kind} {name(random_)}", count, count, f"{random_.randrange(10**9):09}"]
        )
    return [*report[:8], *rows]


def _of_unit_codes(digits: int) -> Callable[[Random, Report], Report]:
    def write(random_: Random, report: Report) -> Report:
        first = random_.randrange(10 ** (digits - 1), 9 * 10 ** (digits - 1))  # a citizen's number begins with 0
        rows: Report = [["Mã đơn vị", "Chi bộ", "Số đảng viên"]]
        rows += [[f"{first + n:0{digits}}", f"Ấp {name(random_)}", random_.randint(5, 60)] for n in range(20)]
        return _signed(random_, [*report[:6], *rows])

    return write


def _secretaries(random_: Random, report: Report) -> Report:
    """Beside each cell its secretary, whose name alone is told."""
    return [[*row, name(random_)] if len(row) > 5 and isinstance(row[-1], str) else list(row) for row in report]


def _years(random_: Random, report: Report) -> Report:
    years = list(range(2000, 2010))
    return [*report, ["Tổng kết qua các năm", *years], ["Số đảng viên", *(random_.randint(1920, 2009) for _ in years)]]


def _office(random_: Random, report: Report) -> Report:
    head = [
        ["ĐẢNG BỘ TỈNH ĐỒNG THÁP", "", "ĐẢNG CỘNG SẢN VIỆT NAM"],
        ["VĂN PHÒNG", "", f"Điện thoại: 0277 3{random_.randrange(10**6):06}; Fax: 0277 3{random_.randrange(10**6):06}"],
        [f"Đường Nguyễn Huệ, Phường 1, Thành phố Cao Lãnh - {phone(random_)}"],
    ]
    return [*head, *report]


def _grid(change: Callable[[Random, Report], Report]) -> Callable[[Random, Report], bytes]:
    return lambda random_, report: workbook(change(random_, report))


def _text(change: Callable[[Random, Report], Report], encoding: str) -> Callable[[Random, Report], bytes]:
    def write(random_: Random, report: Report) -> bytes:
        rows = change(random_, report)
        return "\r\n".join("\t".join(map(str, row)) for row in rows).encode(encoding)

    return write


def _page(change: Callable[[Random, Report], Report]) -> Callable[[Random, Report], bytes]:
    def write(random_: Random, report: Report) -> bytes:
        rows = ("".join(f"<td x:num>{value}</td>" for value in row) for row in change(random_, report))
        return ("<html><table>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</table></html>").encode()

    return write


def _book(change: Callable[[Any, Any, Random], None]) -> Callable[[Random, Report], bytes]:
    def write(random_: Random, report: Report) -> bytes:
        return workbook(_signed(random_, report), lambda book, sheet: change(book, sheet, random_))

    return write


def _remarks(book: Any, sheet: Any, random_: Random) -> None:
    clerk = name(random_)
    for row in range(6, 12):
        sheet.write_comment(row, 3, f"{clerk}: xem lại ô này, tháng trước {random_.randint(1920, 2009)}")
    sheet.write_comment(14, 3, f"{name(random_)}:\nđã gọi {phone(random_)} ngày 02/04/2024")


def _properties(book: Any, sheet: Any, random_: Random) -> None:
    about = {"author": name(random_), "manager": name(random_), "company": "Ban Tổ chức Huyện ủy", "title": "Báo cáo"}
    book.set_properties(about)
    book.set_custom_property("Người duyệt", name(random_))
    book.set_custom_property("Điện thoại", phone(random_))


def _header(book: Any, sheet: Any, random_: Random) -> None:
    sheet.set_header(f"&LNgười lập: {name(random_)}&RĐT {phone(random_)}")
    sheet.set_footer("&CTrang &P/&N")


def _hidden_figures(book: Any, sheet: Any, random_: Random) -> None:
    other = book.add_worksheet("Tháng trước")
    for row in range(40):
        other.write_row(row, 0, [f"Ấp {name(random_)}", *(random_.randint(0, 2009) for _ in range(8))])
    other.hide()


def _secretaries_hidden(book: Any, sheet: Any, random_: Random) -> None:
    other = book.add_worksheet("Bí thư")
    for row in range(20):
        other.write_row(row, 0, [f"Ấp {row + 1}", name(random_)])
    other.hide()


def _lists(book: Any, sheet: Any, random_: Random) -> None:
    source = ["Ấp 1", "Ấp 2", f"Ấp {name(random_)}", f"Khóm {name(random_)}"]
    sheet.data_validation("B8:B40", {"validate": "list", "source": source})
    book.define_name("nam_truoc", "=2009")
    book.define_name("don_vi", "='Biểu 1'!$B$8:$B$40")


def _chart(book: Any, sheet: Any, random_: Random) -> None:
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "='Biểu 1'!$D$8:$D$20", "categories": "='Biểu 1'!$C$8:$C$20"})
    chart.set_title({"name": f"Số đảng viên các năm 2000 - 2009, {name(random_)} lập"})
    sheet.insert_chart("H2", chart)


_LOGO = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def _parts(make: Callable[[Random], dict[str, bytes]]) -> Callable[[Random, Report], bytes]:
    return lambda random_, report: edited(workbook(_signed(random_, report)), make(random_))


def _pivot_of_figures(random_: Random) -> dict[str, bytes]:
    units = "".join(f'<s v="Ấp {name(random_)}"/>' for _ in range(12))
    fields = f'<cacheField name="Chi bộ"><sharedItems>{units}</sharedItems></cacheField>'
    fields += '<cacheField name="Số đảng viên"><sharedItems containsNumber="1"/></cacheField>'
    records = "".join(f'<r><x v="{n}"/><n v="{random_.randint(1920, 2009)}"/></r>' for n in range(12))
    about = f'xmlns="{MAIN}" refreshedBy="{name(random_)}" refreshedDate="45384.512345678" recordCount="12"'
    records = f'<pivotCacheRecords xmlns="{MAIN}">{records}</pivotCacheRecords>'
    return {
        "xl/pivotCache/pivotCacheDefinition1.xml": f"<pivotCacheDefinition {about}><cacheFields>{fields}</cacheFields>"
        "</pivotCacheDefinition>".encode(),
        "xl/pivotCache/pivotCacheRecords1.xml": records.encode(),
    }


def _printer(random_: Random) -> dict[str, bytes]:
    return {
        "xl/printerSettings/printerSettings1.bin": "HP LaserJet".encode("utf-16-le").ljust(200, b"\0")
        + zlib.compress(b"x")
    }


def _figures_elsewhere(random_: Random) -> dict[str, bytes]:
    rows = "".join(f'<row r="{n}"><cell><v>{random_.randint(1900, 2020)}</v></cell></row>' for n in range(1, 60))
    book = f"<externalBook><sheetDataSet><sheetData>{rows}</sheetData></sheetDataSet></externalBook>"
    return {"xl/externalLinks/externalLink1.xml": f'<externalLink xmlns="{MAIN}">{book}</externalLink>'.encode()}


def _annotated(random_: Random, report: Report) -> bytes:
    note = f"<office:annotation><dc>{name(random_)}</dc><text:p>xem lại, {phone(random_)}</text:p></office:annotation>"
    about = f"<m><a>{name(random_)}</a><b>{name(random_)}</b><d>2024-04-02T09:00:00</d></m>".encode()
    return opendocument(_signed(random_, report), note, parts={"meta.xml": about})


def _xls(place: str, form: str) -> Callable[[Random, Report], bytes]:
    return lambda random_, report: xls(place, form.format(name=name(random_), phone=phone(random_)))


HARMLESS: dict[str, Callable[[Random, Report], bytes]] = {
    "xlsx signed": _grid(_signed),
    "xlsx signed below one another": _grid(_signed_below_one_another),
    "csv signed": _text(_signed, "utf-8"),
    "txt signed": _text(_signed, "utf-16"),
    "txt signed below one another": _text(_signed_below_one_another, "utf-8"),
    "xls page signed": _page(_signed),
    "xls page signed below": _page(_signed_below_one_another),
    "ods signed": lambda random_, report: opendocument(_signed(random_, report)),
    "xlsx units called after people": _grid(_called_after_people),
    "csv units called after people": _text(_called_after_people, "utf-8"),
    "xls page of units called after people": _page(_called_after_people),
    "ods units called after people": lambda random_, report: opendocument(_called_after_people(random_, report)),
    "xlsx codes of nine digits": _grid(_of_unit_codes(9)),
    "xlsx codes of twelve digits": _grid(_of_unit_codes(12)),
    "csv codes of nine digits": _text(_of_unit_codes(9), "utf-8"),
    "xlsx secretaries": _grid(_secretaries),
    "csv secretaries": _text(_secretaries, "utf-8-sig"),
    "xlsx years": _grid(_years),
    "xls page of years": _page(_years),
    "csv years": _text(_years, "utf-16"),
    "xlsx office": _grid(_office),
    "xls page of an office": _page(_office),
    "xlsx remarks": _book(_remarks),
    "xlsx properties": _book(_properties),
    "xlsx header": _book(_header),
    "xlsx hidden figures": _book(_hidden_figures),
    "xlsx hidden secretaries": _book(_secretaries_hidden),
    "xlsx lists to choose from": _book(_lists),
    "xlsx chart": _book(_chart),
    "xlsx logo": _parts(lambda random_: {"xl/media/image1.png": _LOGO}),
    "xlsx pivot of figures": _parts(_pivot_of_figures),
    "xlsx printer": _parts(_printer),
    "xlsx figures of another book": _parts(_figures_elsewhere),
    "ods annotated": _annotated,
    "xls remark": _xls("comment", "{name}: xem lại ô này, gọi {phone}"),
    "xls header": _xls("header", "Người lập: {name}, ĐT {phone}"),
    "xls author": _xls("title", "{name} lập ngày 02/04/2024"),
    "xls text box": _xls("textbox", "Lưu ý của {name}: số liệu đến hết năm 2009"),
    "zip of two": lambda random_, report: zipped(
        {"a.xlsx": workbook(_signed(random_, report)), "b.csv": _text(_signed, "utf-8")(random_, report)}
    ),
}

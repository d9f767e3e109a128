"""Files with a list of people in every carrier: texts of all kinds, and each place of a workbook that holds text."""

from __future__ import annotations

import base64
import csv
import html
import io
import json
import quopri
import random
import re
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import xlsxwriter

from tests.transforms.reading.people.people_lists import PeopleList, people_list
from transforms.reading.legacy_fonts import from_font
from transforms.samples.writers import zipped

XLS = Path(__file__).with_name("xls")
Report = list[list[Any]]
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
DRAW = "http://schemas.openxmlformats.org/drawingml/2006"


def people_file(carrier: str, seed: int, report: Report) -> tuple[str, bytes, PeopleList]:
    """A file's name and bytes, and the list it carries; `report` is the grid that it rides on where it rides on one."""
    random_ = random.Random(f"{carrier} {seed}")
    people = people_list(random_)
    return f"báo cáo.{_ending(carrier)}", CARRIERS[carrier](people, report), people


def _ending(carrier: str) -> str:
    return carrier.split(maxsplit=1)[0]


# -- texts ------------------------------------------------------------------------------------------------------------


def _delimited(delimiter: str, encoding: str) -> Callable[[PeopleList, Report], bytes]:
    def write(people: PeopleList, report: Report) -> bytes:
        stream = io.StringIO()
        csv.writer(stream, delimiter=delimiter).writerows(people.rows)
        return stream.getvalue().encode(encoding)

    return write


def _cells(people: PeopleList, tag: str, before: str = "", after: str = "") -> str:
    return "".join(
        before + "".join(f"<{tag}>{html.escape(value)}</{tag}>" for value in row) + after for row in people.rows
    )


def _page(people: PeopleList) -> str:
    return f"<html><body><table>{_cells(people, 'td', '<tr>', '</tr>')}</table></body></html>"


def _mhtml(encoding: str) -> Callable[[PeopleList, Report], bytes]:
    def write(people: PeopleList, report: Report) -> bytes:
        page = _page(people).encode()
        content = base64.encodebytes(page) if encoding == "base64" else quopri.encodestring(page)
        head = 'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="x-1"\r\n\r\n--x-1\r\n'
        part = f'Content-Type: text/html; charset="utf-8"\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n'
        return (head + part).encode() + content + b"\r\n--x-1--\r\n"

    return write


def _xml_spreadsheet(people: PeopleList, report: Report) -> bytes:
    rows = _cells(people, "Cell", "<Row>", "</Row>").replace("<Cell>", '<Cell><Data ss:Type="String">')
    rows = rows.replace("</Cell>", "</Data></Cell>")
    space = "urn:schemas-microsoft-com:office:spreadsheet"
    return (
        f'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook xmlns="{space}" xmlns:ss="{space}">'
        f'<Worksheet ss:Name="Sheet1"><Table>{rows}</Table></Worksheet></Workbook>'
    ).encode()


def _xml_elements(people: PeopleList, report: Report) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<ds>{_cells(people, "o", "<n>", "</n>")}</ds>'.encode()


def _xml_attributes(people: PeopleList, report: Report) -> bytes:
    lines = "".join(
        "<n " + " ".join(f'a{at}="{html.escape(value)}"' for at, value in enumerate(row)) + "/>" for row in people.rows
    )
    return f"<?xml version='1.0'?>\n<ds>{lines}</ds>".encode("utf-16")


def _json(people: PeopleList, report: Report) -> bytes:
    rows = [{f"cot{at}": value for at, value in enumerate(row)} for row in people.rows]
    return json.dumps({"ds": rows}).encode()  # with \u escapes


def _json_lines(people: PeopleList, report: Report) -> bytes:
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in people.rows).encode()


def _sylk(people: PeopleList, report: Report) -> bytes:
    cells = [f'C;Y{y};X{x};K"{v}"' for y, row in enumerate(people.rows, 1) for x, v in enumerate(row, 1)]
    return "\r\n".join(["ID;PWXL;N;E", *cells, "E", ""]).encode()


def _dif(people: PeopleList, report: Report) -> bytes:
    lines = ['TABLE\n0,1\n"X"\nVECTORS\n0,3\n""\nDATA\n0,0\n""']
    for row in people.rows:
        lines.append("-1,0\nBOT")
        lines += [f'1,0\n"{value}"' for value in row]
    return "\n".join([*lines, "-1,0\nEOD\n"]).encode()


def _rtf(people: PeopleList, report: Report) -> bytes:
    def escaped(text: str) -> str:
        return "".join(letter if letter < "\x80" else f"\\u{ord(letter)}?" for letter in text)

    return ("{\\rtf1\\ansi " + "\\par\n".join(map(escaped, people.lines("\\tab "))) + "}").encode()


def _vcards(people: PeopleList, report: Report) -> bytes:
    cards = [f"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:{' '.join(row)}\r\nEND:VCARD\r\n" for row in people.rows]
    return "".join(cards).encode()


def _legacy(font: str) -> Callable[[PeopleList, Report], bytes]:
    """A text typed in a legacy font; names in small capitals, as the fonts have them."""
    table = {from_font(chr(code), font): chr(code) for code in range(0xA1, 0xFF)}

    def write(people: PeopleList, report: Report) -> bytes:
        text = "\r\n".join(["Danh sách đảng viên của chi bộ ấp, năm nay", *people.lines("\t")])
        return "".join(table.get(letter, letter) for letter in text).encode("cp1252", "ignore")

    return write


# -- .xlsx ------------------------------------------------------------------------------------------------------------


def workbook(report: Report, change: Callable[[Any, Any], None] = lambda book, sheet: None) -> bytes:
    """The report as a workbook, with what `change` does to its book and sheet."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    sheet = book.add_worksheet("Biểu 1")
    for number, row in enumerate(report):
        sheet.write_row(number, 0, row)
    change(book, sheet)
    book.close()
    return stream.getvalue()


def _with(change: Callable[[Any, Any, PeopleList], None]) -> Callable[[PeopleList, Report], bytes]:
    return lambda people, report: workbook(report, lambda book, sheet: change(book, sheet, people))


def _text(people: PeopleList, most: int = 10_000, between: str = "\n") -> str:
    """As many rows as go into a text of that length."""
    text = people.rows[0] and " ".join(people.rows[0])
    for line in people.lines()[1:]:
        if len(text) + len(between) + len(line) > most:
            break
        text += between + line
    return text


def _grid(sheet: Any, people: PeopleList, top: int = 0, left: int = 0) -> None:
    for number, row in enumerate(people.rows):
        sheet.write_row(top + number, left, row)


def _hidden_sheet(book: Any, sheet: Any, people: PeopleList) -> None:
    other = book.add_worksheet("Sheet2")
    _grid(other, people)
    other.hide()


def _very_hidden_sheet(book: Any, sheet: Any, people: PeopleList) -> None:
    other = book.add_worksheet("Sheet2")
    _grid(other, people, 3, 5)
    other.very_hidden()


def _hidden_columns(book: Any, sheet: Any, people: PeopleList) -> None:
    _grid(sheet, people, 4, 60)
    sheet.set_column(60, 70, None, None, {"hidden": True})


def _hidden_rows(book: Any, sheet: Any, people: PeopleList) -> None:
    _grid(sheet, people, 900, 1)
    for row in range(900, 930):
        sheet.set_row(row, None, None, {"hidden": True})


def _comments(book: Any, sheet: Any, people: PeopleList) -> None:
    for row, line in enumerate(people.lines()):
        sheet.write_comment(row, 2, line)


def _validation(book: Any, sheet: Any, people: PeopleList) -> None:
    for row, line in enumerate(people.lines(" - ")):
        sheet.data_validation(300 + row, 0, 300 + row, 0, {"validate": "list", "source": [line[:250], "khác"]})


def _names(book: Any, sheet: Any, people: PeopleList) -> None:
    for row, line in enumerate(people.lines()):
        book.define_name(f"o_{row}", f'="{line}"')


def _macro_less(book: Any, sheet: Any, people: PeopleList) -> None:
    book.set_properties({"comments": _text(people), "author": "Nguyễn Văn A"})


def edited(data: bytes, added: dict[str, bytes], change: Callable[[str, bytes], bytes] = lambda n, c: c) -> bytes:
    """A package with parts added to it, and what `change` makes of the others."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: change(name, archive.read(name)) for name in archive.namelist()}
    return zipped({**parts, **added})


def _part(name: str, make: Callable[[PeopleList], bytes]) -> Callable[[PeopleList, Report], bytes]:
    return lambda people, report: edited(workbook(report), {name: make(people)})


def _xml(root: str, rows: str, space: str = MAIN) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?><{root} xmlns="{space}">{rows}</{root}>'.encode()


def _tagged(people: PeopleList, form: str) -> str:
    return "".join(form.format(html.escape(line)) for line in people.lines())


def _threaded(people: PeopleList) -> bytes:
    return _xml("ThreadedComments", _tagged(people, '<threadedComment ref="A1"><text>{}</text></threadedComment>'))


def _vml(people: PeopleList) -> bytes:
    return f"<xml><v:shape><v:textbox><div>{'<br>'.join(people.lines())}</div></v:textbox></v:shape></xml>".encode()


def _drawn_runs(people: PeopleList) -> bytes:
    """A text box whose words are in runs of their own, as an edited text is stored."""
    paragraphs = "".join(
        "<a:p>" + "".join(f"<a:r><a:t>{html.escape(word)} </a:t></a:r>" for word in line.split()) + "</a:p>"
        for line in people.lines()
    )
    return f'<xdr:wsDr xmlns:xdr="{DRAW}/s" xmlns:a="{DRAW}/main"><xdr:sp>{paragraphs}</xdr:sp></xdr:wsDr>'.encode()


def _pivot(people: PeopleList, report: Report) -> bytes:
    width = len(people.rows[-1])
    rows = [row for row in people.rows if len(row) == width]
    columns = [list(dict.fromkeys(row[at] for row in rows)) for at in range(width)]
    fields = "".join(
        f'<cacheField name="c{at}"><sharedItems>'
        + "".join(f'<s v="{html.escape(value)}"/>' for value in column)
        + "</sharedItems></cacheField>"
        for at, column in enumerate(columns)
    )
    records = "".join(
        "<r>" + "".join(f'<x v="{columns[at].index(value)}"/>' for at, value in enumerate(row)) + "</r>" for row in rows
    )
    return edited(
        workbook(report),
        {
            "xl/pivotCache/pivotCacheDefinition1.xml": _xml(
                "pivotCacheDefinition", f"<cacheFields>{fields}</cacheFields>"
            ),
            "xl/pivotCache/pivotCacheRecords1.xml": _xml("pivotCacheRecords", records),
        },
    )


def _external(people: PeopleList) -> bytes:
    rows = "".join(
        f'<row r="{at}">' + "".join(f'<cell t="str"><v>{html.escape(v)}</v></cell>' for v in row) + "</row>"
        for at, row in enumerate(people.rows, 1)
    )
    return _xml(
        "externalLink", f"<externalBook><sheetDataSet><sheetData>{rows}</sheetData></sheetDataSet></externalBook>"
    )


def _orphan_sheet(people: PeopleList) -> bytes:
    rows = _cells(people, "is", "<row>", "</row>").replace("<is>", '<c t="inlineStr"><is><t>')
    return _xml("worksheet", f"<sheetData>{rows.replace('</is>', '</t></is></c>')}</sheetData>")


def _formulas(people: PeopleList, report: Report) -> bytes:
    def change(book: Any, sheet: Any) -> None:
        for row, line in enumerate(people.lines()):
            sheet.write_formula(400 + row, 1, f'=IF(A1="","","{line}")', None, "")

    return workbook(report, change)


def _many_forms(people: PeopleList) -> bytes:
    return workbook([list(row) for row in people.rows])


# -- other packages ---------------------------------------------------------------------------------------------------


@cache
def _empty_ods() -> bytes:
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    return zipped({"mimetype": kind, "content.xml": b"", "META-INF/manifest.xml": b"<manifest/>"})


_SPACES = " ".join(
    f'xmlns:{key}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for key, name in {"office": "office", "table": "table", "text": "text", "draw": "drawing", "style": "style"}.items()
)


def _ods_cell(value: Any) -> str:
    if value in ("", None):
        return "<table:table-cell/>"
    said = f'float" office:value="{value}' if isinstance(value, int) else "string"
    text = html.escape(str(value))
    return f'<table:table-cell office:value-type="{said}"><text:p>{text}</text:p></table:table-cell>'


def opendocument(report: Report, inside: str = "", after: str = "", parts: dict[str, bytes] | None = None) -> bytes:
    """The report as .ods: `inside` stands in its first cell, `after` behind its table."""
    rows = []
    for row in report:
        cells = "".join(map(_ods_cell, row))
        rows.append(f"<table:table-row>{cells}</table:table-row>")
    if inside:
        rows[0] = rows[0].replace("<text:p>", f"{inside}<text:p>", 1)
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_SPACES}><office:body><office:spreadsheet>'
        f'<table:table table:name="Biểu 1">{"".join(rows)}</table:table>{after}</office:spreadsheet></office:body>'
        "</office:document-content>"
    )
    return edited(_empty_ods(), {"content.xml": content.encode(), **(parts or {})})


def _paragraphs(people: PeopleList) -> str:
    return _tagged(people, "<text:p>{}</text:p>")


def _ods_hidden(people: PeopleList, report: Report) -> bytes:
    cell = "<table:table-cell office:value-type='string'><text:p>{}</text:p></table:table-cell>"
    rows = "".join(
        "<table:table-row>" + "".join(cell.format(html.escape(value)) for value in row) + "</table:table-row>"
        for row in people.rows
    )
    return opendocument(report, after=f'<table:table table:name="ẩn" table:display="false">{rows}</table:table>')


def _docx(people: PeopleList, report: Report) -> bytes:
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    lines = _tagged(people, "<w:p><w:r><w:t>{}</w:t></w:r></w:p>")
    return zipped({"word/document.xml": f"<w:document {space}><w:body>{lines}</w:body></w:document>".encode()})


def xls(place: str, text: str) -> bytes:
    """An .xls that LibreOffice wrote, with a text of ours in one of its places (as much of it as has room)."""
    data = (XLS / f"{place}.xls").read_bytes()
    wide = re.search("@@A@@ ".encode("utf-16-le") + b"(?:" + "ế".encode("utf-16-le") + rb")+", data)
    if wide:
        room = len(wide[0]) // 2
        return data[: wide.start()] + text[:room].ljust(room).encode("utf-16-le") + data[wide.end() :]
    narrow = re.search(rb"@@A@@ (?:\xe1\xba\xbf)+", data)
    assert narrow
    room = len(narrow[0])
    return data[: narrow.start()] + text.encode()[:room].ljust(room) + data[narrow.end() :]


def _xls(place: str) -> Callable[[PeopleList, Report], bytes]:
    return lambda people, report: xls(place, _text(people, 190, "; "))


def _parquet(people: PeopleList, report: Report) -> bytes:
    width = max(map(len, people.rows))
    rows = [row + [""] * (width - len(row)) for row in people.rows]
    frame = pl.DataFrame({f"c{at}": [row[at] for row in rows] for at in range(width)})
    stream = io.BytesIO()
    frame.with_columns(period=pl.lit("2024-03"), members_opening=5).write_parquet(stream)
    return stream.getvalue()


def _parquet_metadata(people: PeopleList, report: Report) -> bytes:
    stream = io.BytesIO()
    pl.DataFrame({"cell_code": ["29869-01"]}).write_parquet(stream, metadata={"ghi chú": "\n".join(people.lines())})
    return stream.getvalue()


CARRIERS: dict[str, Callable[[PeopleList, Report], bytes]] = {
    "csv comma": _delimited(",", "utf-8"),
    "csv semicolon": _delimited(";", "utf-8-sig"),
    "txt utf-16": _delimited("\t", "utf-16"),
    "txt fixed width": lambda people, report: "\r\n".join(people.lines("    ")).encode(),
    "txt tcvn3": _legacy("tcvn3"),
    "xls html table": lambda people, report: _page(people).encode(),
    "xls html centre": lambda people, report: (
        f"<center><table>{_cells(people, 'td', '<tr>', '</tr>')}</table>".encode()
    ),
    "xls html div": lambda people, report: f"<div>{_cells(people, 'span', '<div>', '</div>')}</div>".encode(),
    "xls html list": lambda people, report: f"<ul>{_tagged(people, '<li>{}</li>')}</ul>".encode(),
    "xls html lines": lambda people, report: b"<p>" + "<br>".join(people.lines()).encode(),
    "xls html remark": lambda people, report: f"<table><tr><td>1</table><!-- {_text(people)} -->".encode(),
    "htm inputs": lambda people, report: _tagged(people, '<input value="{}">').encode(),
    "mht base64": _mhtml("base64"),
    "mht quoted-printable": _mhtml("quoted-printable"),
    "xml spreadsheet": _xml_spreadsheet,
    "xml elements": _xml_elements,
    "xml attributes": _xml_attributes,
    "json objects": _json,
    "json lines": _json_lines,
    "slk": _sylk,
    "dif": _dif,
    "rtf": _rtf,
    "vcf": _vcards,
    "xlsx sheet": lambda people, report: _many_forms(people),
    "xlsx hidden sheet": _with(_hidden_sheet),
    "xlsx very hidden sheet": _with(_very_hidden_sheet),
    "xlsx hidden columns": _with(_hidden_columns),
    "xlsx hidden rows": _with(_hidden_rows),
    "xlsx one cell": _with(lambda book, sheet, people: sheet.write(500, 0, _text(people, 30_000, "; "))),
    "xlsx comments": _with(_comments),
    "xlsx one comment": _with(lambda book, sheet, people: sheet.write_comment(0, 0, _text(people))),
    "xlsx text box": _with(lambda book, sheet, people: sheet.insert_textbox(2, 2, _text(people))),
    "xlsx header": _with(lambda book, sheet, people: sheet.set_header("&L" + _text(people, 240, ", "))),
    "xlsx footer": _with(lambda book, sheet, people: sheet.set_footer("&C" + _text(people, 240, "\n"))),
    "xlsx properties": _with(_macro_less),
    "xlsx own properties": _with(
        lambda book, sheet, people: [book.set_custom_property(f"p{n}", line) for n, line in enumerate(people.lines())]
    ),
    "xlsx validation": _with(_validation),
    "xlsx names": _with(_names),
    "xlsx formulas": _formulas,
    "xlsx threaded comments": _part("xl/threadedComments/threadedComment1.xml", _threaded),
    "xlsx vml": _part("xl/drawings/vmlDrawing9.vml", _vml),
    "xlsx runs in a shape": _part("xl/drawings/drawing9.xml", _drawn_runs),
    "xlsx pivot": _pivot,
    "xlsx link": _part("xl/externalLinks/externalLink1.xml", _external),
    "xlsx own xml": _part("customXml/item1.xml", lambda people: _xml_elements(people, [])),
    "xlsx sheet in no list": _part("xl/worksheets/sheet9.xml", _orphan_sheet),
    "xlsx book inside": _part("xl/embeddings/Sheet1.xlsx", _many_forms),
    "xlsx strange part": _part("xl/ghi chu.txt", lambda people: "\n".join(people.lines()).encode("utf-16")),
    **{f"xls {place.stem}": _xls(place.stem) for place in sorted(XLS.glob("*.xls"))},
    "ods annotation": lambda people, report: opendocument(
        report, f"<office:annotation>{_paragraphs(people)}</office:annotation>"
    ),
    "ods frame": lambda people, report: opendocument(
        report, f"<draw:frame><draw:text-box>{_paragraphs(people)}</draw:text-box></draw:frame>"
    ),
    "ods hidden sheet": _ods_hidden,
    "ods description": lambda people, report: opendocument(
        report, parts={"meta.xml": f"<m {_SPACES}><d>{_text(people)}</d></m>".encode()}
    ),
    "ods footer": lambda people, report: opendocument(
        report, parts={"styles.xml": f"<s {_SPACES}><style:footer>{_paragraphs(people)}</style:footer></s>".encode()}
    ),
    "docx": _docx,
    "zip beside a report": lambda people, report: zipped(
        {"a.xlsx": workbook(report), "b.csv": _delimited(",", "utf-8")(people, report)}
    ),
    "zip hidden member": lambda people, report: zipped(
        {"a.xlsx": workbook(report), ".ds": json.dumps(people.rows, ensure_ascii=False).encode()}
    ),
    "zip document": lambda people, report: zipped({"a.xlsx": workbook(report), "b.docx": _docx(people, report)}),
    "zip names of members": lambda people, report: zipped(
        {"a.csv": b"1,2\n", **{f"{' '.join(row).replace('/', '-')}.csv": b"3,4\n" for row in people.rows}}
    ),
    "parquet columns": _parquet,
    "parquet metadata": _parquet_metadata,
}

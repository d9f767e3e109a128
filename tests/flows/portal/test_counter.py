"""The counter: a file is looked through, sent, taken in; a stranger finds nothing of another unit."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import timedelta

import openpyxl
import pytest

from expectations.contract.periods import Period
from flows.commands.backfill import backfill
from flows.portal.desk import Desk
from flows.portal.pages.counter import own_name, put_in_inbox
from transforms.samples.tree import sample_tree
from warehouse.board.accounts import open_accounts

MONTH = Period(2025, 1)
OURS = {"origin": "http://testserver"}


@pytest.fixture(scope="module")
def report(registry) -> bytes:
    """Sa Đéc's true report of the month after the home's last, as a workbook."""
    return _report(registry, "867")


def _report(registry, unit: str) -> bytes:
    files = sample_tree(registry, 20250105, MONTH, MONTH, is_faulty=False)
    return next(one for one in files if one.reporter_code == unit).data


def _check(visit, name: str, data: bytes):
    visit.open("/counter")
    visit.page = visit.submit("/counter/check", files={"file": (name, data)})
    return visit.page


def test_a_true_report_is_checked_sent_and_lies_in_the_inbox_byte_by_byte(visit, desk, report):
    visit.sign_in("sadec")
    answer = _check(visit, "Bao cao T1.xlsx", report)
    assert answer.status_code == 200
    assert "Lỗi" not in visit.tree.css_first("main").text()
    receipt = visit.submit("/counter/send")
    lying = list((desk.settings.inbox_dir / "867").iterdir())
    assert [(path.name, path.read_bytes()) for path in lying] == [("Bao cao T1.xlsx", report)]
    page = visit.open(receipt.headers["location"])
    assert "Bao cao T1.xlsx" in page.text
    assert re.search(r"<code>[0-9a-f]{64}</code>", page.text)
    assert "Bao cao T1.xlsx" in visit.open("/counter").text


def _with_wrong_cells(report: bytes) -> tuple[bytes, list[str]]:
    """Two figures of the first sheet changed for words."""
    book = openpyxl.load_workbook(io.BytesIO(report))
    sheet = book.worksheets[0]
    cells = [cell for row in sheet.iter_rows(min_row=12) for cell in row[5:7] if isinstance(cell.value, int)][:2]
    for cell in cells:
        cell.value = "nhiều"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue(), [cell.coordinate for cell in cells]


def test_wrong_cells_are_shown_in_the_senders_own_table(visit, desk, report):
    visit.sign_in("sadec")
    wrong, refs = _with_wrong_cells(report)
    _check(visit, "sai.xlsx", wrong)
    marked = [cell.text(deep=False) or cell.text() for cell in visit.tree.css("table.grid td.error")]
    assert len(marked) >= len(refs)
    assert all("nhiều" in text for text in marked[: len(refs)])
    places = " ".join(place.text() for place in visit.tree.css(".faults .place"))
    assert all(ref in places for ref in refs)
    links = [link.attributes["href"] for link in visit.tree.css(".faults .place a")]
    assert len(links) >= len(refs)
    assert all("error" in visit.tree.css_first(f"td{link}").attributes["class"] for link in links[: len(refs)])
    book = visit.submit("/counter/workbook")
    sheets = openpyxl.load_workbook(io.BytesIO(book.content)).worksheets
    commented = {cell.coordinate for sheet in sheets[1:] for row in sheet.iter_rows() for cell in row if cell.comment}
    assert set(refs) <= commented
    assert not desk.settings.inbox_dir.joinpath("867").exists()


def test_a_form_sent_again_is_answered_with_its_first_receipt(visit, desk, report):
    visit.sign_in("sadec")
    _check(visit, "T1.xlsx", report)
    first, again = (visit.submit("/counter/send").headers["location"] for _ in range(2))
    assert first == again
    assert len(list((desk.settings.inbox_dir / "867").iterdir())) == 1
    form = {"token": visit.token, "key": visit.tree.css_first("input[name=key]").attributes["value"]}
    visit.sign_in("lapvo")
    visit.open("/counter")
    assert visit.post("/counter/send", data=form | {"token": visit.token}, headers=OURS).status_code == 409


def test_what_was_sent_is_taken_in_by_the_night_and_seen_afterwards(visit, desk: Desk, report):
    visit.sign_in("sadec")
    _check(visit, "Bao cao T1.xlsx", report)
    visit.submit("/counter/send")
    backfill(desk.settings.inbox_dir, (MONTH.next).first_day + timedelta(days=3), desk.settings)
    page = visit.open("/counter")
    assert "Bao cao T1.xlsx" in page.text
    (link,) = {a.attributes["href"] for a in visit.tree.css("table a") if a.text() == "Bao cao T1.xlsx"}
    assert "đã nhận" in visit.open(link).text


def test_a_list_of_people_is_refused_and_kept_nowhere(visit, desk):
    rows = "".join(f"{n};Nguyễn Văn Tý {n};0{n}/02/1980;0912 345 67{n}\n" for n in range(1, 9))
    data = f"STT;Họ và tên;Ngày sinh;Điện thoại\n{rows}".encode()
    visit.sign_in("sadec")
    page = _check(visit, "Danh sach Nguyen Van Ty.csv", data)
    assert "không nội dung nào được lưu" in page.text
    assert "Nguyễn Văn Tý" not in page.text
    assert not list((desk.settings.portal_dir / "desk").glob("*"))


def test_another_account_finds_nothing_of_it(visit, desk, report, registry):
    visit.sign_in("sadec")
    _check(visit, "Bao cao T1.xlsx", report)
    key = visit.tree.css_first("input[name=key]").attributes["value"]
    visit.sign_in("lapvo")
    visit.open("/counter")
    own = {"token": visit.token, "key": key}
    for path in ("/counter/send", "/counter/workbook"):
        answer = visit.post(path, data=own, headers={"origin": "http://testserver"})
        assert answer.status_code == 409
    assert not desk.settings.inbox_dir.joinpath("875").exists()


def test_a_unit_sees_its_own_files_only(visit):
    visit.sign_in("sadec")
    visit.open("/counter")
    own = {a.attributes["href"] for a in visit.tree.css("table a")}
    assert own
    assert all(visit.get(path).status_code == 200 for path in own)
    visit.sign_in("lapvo")
    assert {visit.get(path).status_code for path in own} == {404}
    assert {visit.get(f"{path}/workbook").status_code for path in own} == {404}


@pytest.mark.parametrize("number", ["0", "999999", "-1", "x", "1%27", "9" * 40])
def test_a_number_nobody_gave_is_not_found(visit, number):
    visit.sign_in("sadec")
    assert visit.get(f"/files/{number}").status_code == 404
    assert visit.get(f"/counter/receipts/{number}").status_code == 404


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\bao cao\\T1.xlsx", "T1.xlsx"),
        ("<img src=x onerror=alert(1)>.xlsx", "_img src=x onerror=alert(1)_.xlsx"),
        (".hidden.xlsx", "hidden.xlsx"),
        ("~$T1.xlsx", "T1.xlsx"),
        ("", "_"),
        ("a\x00b.xlsx", "a_b.xlsx"),
    ],
)
def test_an_uploads_name_becomes_a_file_of_ours(given, kept):
    assert own_name(given) == kept


def test_a_name_with_markup_is_shown_as_text(visit, report):
    visit.sign_in("sadec")
    page = _check(visit, "<script>alert(1)</script>.xlsx", report)
    assert "<script>alert" not in page.text


def test_nothing_in_the_inbox_is_written_over(tmp_path):
    folder = tmp_path / "867"
    assert put_in_inbox(folder, "T1.xlsx", b"one") == "T1.xlsx"
    assert put_in_inbox(folder, "T1.xlsx", b"two") == "T1 (2).xlsx"
    assert put_in_inbox(folder, "T1.xlsx", b"two") == "T1 (2).xlsx"
    assert sorted(path.name for path in folder.iterdir()) == ["T1 (2).xlsx", "T1.xlsx"]


def test_a_bomb_is_told_of_and_the_counter_goes_on(visit, report):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 150_000_000)
    visit.sign_in("sadec")
    assert "quá lớn" in _check(visit, "bom.xlsx", out.getvalue()).text.lower() or visit.tree.css(".faults .error")
    assert _check(visit, "T1.xlsx", report).status_code == 200


def test_without_a_file_it_says_so(visit):
    visit.sign_in("sadec")
    visit.open("/counter")
    answer = visit.submit("/counter/check")
    assert answer.status_code == 409
    assert "Chưa chọn tệp" in answer.text


def test_sending_and_refusals_leave_their_lines(visit, desk, report):
    visit.sign_in("sadec")
    _check(visit, "T1.xlsx", report)
    visit.submit("/counter/send")
    with open_accounts(desk.settings.board_path) as accounts:
        assert [row[3] for row in accounts.audited(2)] == ["POST /counter/send", "POST /counter/check"]


def test_the_months_template_is_the_units_own(visit):
    visit.sign_in("sadec")
    visit.open("/counter")
    answer = visit.get("/counter/template")
    assert answer.status_code == 200
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    texts = {str(cell.value) for sheet in book.worksheets for row in sheet.iter_rows() for cell in row if cell.value}
    assert any("SA ĐÉC" in text.upper() for text in texts)
    empty = _check(visit, "bieu-mau.xlsx", answer.content)
    assert visit.tree.css(".faults .error")
    assert empty.status_code == 200


def test_what_cannot_be_looked_through_is_told_of_and_not_laid_down(visit, desk):
    visit.sign_in("sadec")
    page = _check(visit, "khoa.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 4000)
    assert visit.tree.css(".faults .error")
    assert "/counter/send" not in page.text
    assert not list((desk.settings.portal_dir / "desk").glob("*"))


def test_the_counter_leads_to_the_units_figures_and_to_the_file_that_went_back(visit):
    visit.sign_in("sadec")
    visit.open("/counter")
    links = {a.text(): a.attributes["href"] for a in visit.tree.css("main a")}
    assert visit.open(links["Số liệu của Thành phố Sa Đéc"]).status_code == 200
    page = visit.open(links["Xem tệp bị trả lại: sai ở đâu"]).text
    assert "trả lại" in page
    assert "Sửa tệp trên máy của mình" in page
    back = [a.attributes["href"] for a in visit.tree.css("main a") if a.text() == "Về trang gửi báo cáo"]
    assert back == ["/counter"]


def test_after_a_check_the_other_language_leads_to_a_page(visit, report):
    visit.sign_in("sadec")
    assert _check(visit, "Bao cao T1.xlsx", report).status_code == 200
    (switch,) = visit.tree.css("a[href^='/language/']")
    page = visit.open(switch.attributes["href"])
    assert page.status_code == 200
    assert page.url.path == "/counter"


def test_a_form_without_a_file_leads_back_to_the_counter(visit):
    visit.sign_in("sadec")
    visit.open("/counter")
    visit.page = visit.submit("/counter/check")
    assert [a.attributes["href"] for a in visit.tree.css("main a")] == ["/counter", "/"]

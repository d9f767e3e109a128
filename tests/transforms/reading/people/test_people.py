"""Lists of people are found under whatever headings; aggregate tables are not taken for one."""

from datetime import date

import pytest

from transforms.reading.people import lists_people
from transforms.reading.person_names import is_person_name, reduced_name
from transforms.reading.sheets import Sheet

NAMES = ["Nguyễn Văn An", "Trần Thị Bình", "Lê Hoàng Cúc", "Phạm Minh Dũng"]


def _sheet(rows, hidden=False):
    return [Sheet("s", [list(row) for row in rows], is_hidden=hidden)]


@pytest.mark.parametrize(
    "rows",
    [
        [("STT", "Cột 1", "Cột 2"), *((i, name, f"0{i}/03/197{i}") for i, name in enumerate(NAMES, 1))],
        [(name, 1970 + i) for i, name in enumerate(NAMES)],
        [(name, date(1970 + i, 1, 1)) for i, name in enumerate(NAMES)],
        [(name, f"08720000000{i}") for i, name in enumerate(NAMES)],
        [(name, f"0912 345 67{i}") for i, name in enumerate(NAMES)],
        [(f"{name} - sinh năm 197{i}",) for i, name in enumerate(NAMES)],
        [(f"Đ/c {name}, sinh năm 197{i}, đi làm ở Bình Dương",) for i, name in enumerate(NAMES[:2])],
        [(f"{name},197{i}.",) for i, name in enumerate(NAMES[:2])],
        [(f"{name}, điện thoại: 0912 345 67{i}.",) for i, name in enumerate(NAMES[:3])],
        [("Ấp 1", f"08720000000{i}") for i in range(4)],
        [("Họ và tên", "Ngày sinh"), ("Thạch Sô Kha", "1/1/1980")],
        [(name.upper(), "12/12/1980") for name in NAMES],
        [(f"Đ/c {name}", 1970 + i) for i, name in enumerate(NAMES)],
        [(f"{i}. {name}", f"197{i}") for i, name in enumerate(NAMES)],
        [(name.lower(), f"1{i}/12/1980") for i, name in enumerate(NAMES)],
        [(f"Lò Thị {name}", f"1{i}/12/1980") for i, name in enumerate(("Ban", "Pành", "Xuân"))],
        [(name, f"8720000000{i}") for i, name in enumerate(NAMES)],
    ],
)
def test_rows_of_people_are_found(rows):
    assert lists_people(_sheet(rows))
    assert lists_people(_sheet(rows, hidden=True))


def test_a_table_of_counts_with_a_signature_block_is_no_list_of_people():
    table = [
        ("THÀNH ỦY CAO LÃNH",),
        ("Tháng 1 năm 2019",),
        ("STT", "Đơn vị", "Chi bộ", "Số đảng viên đầu kỳ", "Năm 1985"),
        *((i, "Phường 1", f"Khóm {i}", 1985, 2000) for i in range(30)),
        ("Tổng cộng", "", "", 1990, 2001),
        ("", "", "Cao Lãnh, ngày 03 tháng 02 năm 2019"),
        ("NGƯỜI LẬP BIỂU", "", "T/M BAN TỔ CHỨC"),
        ("Nguyễn Văn An", "ĐT: 0912345678", "Trần Thị Bình"),
    ]
    assert not lists_people(_sheet(table))
    assert not lists_people(_sheet(table * 4))  # four forms below one another, signed by the same


@pytest.mark.parametrize(
    "text", ["Khóm Trần Phú", "Trường THCS Nguyễn Huệ", "Tổng cộng", "Ấp Lê Lợi", "Xã Tân Hồng", "Quân sự"]
)
def test_names_of_units_are_no_names_of_people(text):
    assert not is_person_name(text)


@pytest.mark.parametrize(
    ("name", "reduced"),
    [
        ("danh sach 874.xlsx", "danh sach 874.xlsx"),
        ("DS Nguyễn Văn An 1980.xlsx", "DS … 1980.xlsx"),
        ("Nguyen Van An.xlsx", "….xlsx"),
        ("cccd 087200000001.xlsx", "cccd ….xlsx"),
        ("Lai Vung T1.2019.xlsx", "Lai Vung T1.2019.xlsx"),
        ("Chau Thanh 01.2019.xlsx", "Chau Thanh 01.2019.xlsx"),
    ],
)
def test_a_reduced_name_keeps_no_persons_name_or_number(name, reduced):
    assert reduced_name(name) == reduced

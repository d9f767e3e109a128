"""The period as titles and file names word it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expectations.contract.periods import Period
from transforms.reading.titles import periods_in, periods_in_name


@pytest.mark.parametrize(
    ("title", "period"),
    [
        ("Tháng 6 năm 2019", "2019-06"),
        ("THÁNG 06/2019", "2019-06"),
        ("tháng 6-2019", "2019-06"),
        ("BÁO CÁO SỐ LIỆU THÁNG 12 NĂM 2020", "2020-12"),
        ("(Số liệu từ ngày 01/06/2019 đến ngày 30/06/2019)", "2019-06"),
        ("Từ ngày 01 tháng 02 năm 2020 đến ngày 29 tháng 02 năm 2020", "2020-02"),
        ("Số liệu từ 01/01/2020 đến 30/06/2020", "2020-H1"),
        ("6 tháng đầu năm 2021", "2021-H1"),
        ("6 tháng cuối năm 2021", "2021-H2"),
        ("Kỳ I năm 2020", "2020-H1"),
        ("KỲ II NĂM 2020", "2020-H2"),
        ("Kỳ báo cáo: 06/2019", "2019-06"),
        ("Tháng sáu năm 2019", "2019-06"),
        ("Tháng mười hai năm 2019", "2019-12"),
        ("Số liệu tính đến ngày 30/6/2019", "2019-06"),
        ("Số liệu từ ngày 01 đến ngày 30 tháng 6 năm 2019", "2019-06"),
        ("Từ 01/6 đến 30/6/2019", "2019-06"),
        ("01/06/2019 - 30/06/2019", "2019-06"),
        ("Tháng: 06 - năm 2019", "2019-06"),
        ("Tháng VI năm 2019", "2019-06"),
        ("Tháng sáu/2019", "2019-06"),
        ("Năm 2019, tháng 6", "2019-06"),
        ("BÁO CÁO THÁNG 6 VÀ 6 THÁNG ĐẦU NĂM 2019", "2019-06"),
        ("Tháng năm năm 2019", "2019-05"),
        ("Tháng năm/2019", "2019-05"),
        ("Từ tháng 01 đến tháng 6 năm 2020", "2020-H1"),
        ("Từ tháng 7/2020 đến hết tháng 12/2020", "2020-H2"),
        ("Từ tháng 6 đến tháng 6 năm 2019", "2019-06"),
        ("THANG 06 NAM 2019", "2019-06"),
        ("Thang 6/2019", "2019-06"),
        ("(Từ ngày 01/01/19 đến ngày 31/01/19)", "2019-01"),
        ("từ ngày 01/01/2019 tới ngày 31/01/2019", "2019-01"),
        ("01/01/2019 ÷ 31/01/2019", "2019-01"),
    ],
)
def test_a_period_is_read_in_every_wording(title, period):
    assert [str(stated.period) for stated in periods_in(title)] == [period]


@pytest.mark.parametrize(
    "title",
    [
        "Năm 2021",
        "(Năm báo cáo: 2021)",
        "BÁO CÁO NĂM 2021 CỦA ĐẢNG BỘ XÃ",
        "THỰC HIỆN KẾT LUẬN SỐ 205-KL/TU NGÀY 28-9-2020, NĂM 2021",
        "THỰC HIỆN KẾT LUẬN 205-KL/TU - NĂM 2021",
        "Theo Kết luận 205-KL/TU năm 2020 của Tỉnh ủy, báo cáo năm 2021",
        "Nhiệm kỳ 2020 - 2025, năm 2021",
        "Giai đoạn 2020-2025 (năm 2021)",
        "So với năm 2020, năm 2021",
    ],
)
def test_a_year_alone_is_read_beside_that_of_a_paper_or_a_term(title):
    assert [str(stated.period) for stated in periods_in(title)] == ["2021"]


@pytest.mark.parametrize(
    "title",
    [
        "Kèm theo Công văn số 12-CV/BTCTU, năm 2022 của Ban Tổ chức",
        "Kết luận 205-KL/TU năm 2021",
        "Nhiệm kỳ năm 2020 - năm 2025",
        "Quý I, II năm 2021",
        "9 tháng đầu năm 2021",
        "Nửa đầu năm 2021",
    ],
)
def test_the_year_of_a_paper_a_term_or_a_quarter_is_no_years_report(title):
    assert periods_in(title) == ()


@pytest.mark.parametrize(
    "title",
    [
        "Cao Lãnh, ngày 03 tháng 02 năm 2019",
        "Cao Lãnh, ngày … tháng 02 năm 2019",
        "Cao Lãnh, ngày     tháng 02 năm 2019",
        "Quý IV năm 2020",
        "BÁO CÁO THỰC HIỆN QUY ĐỊNH 213-QĐ/TW NGÀY 02-01-2020",
        "Ban hành kèm theo Công văn số 12-CV/BTCTU ngày 05/01/2019",
        "Số liệu tính đến ngày 15/6/2019",
        "ĐẢNG BỘ TỈNH ĐỒNG THÁP",
        "Mẫu số 02-ĐV",
        "Cao Lãnh, 03 tháng 02 năm 2019",
        "Cao Lanh, ngay 03 thang 02 nam 2019",
        "Cao Lanh, 03 thang 02 nam 2019",
        "Dai hoi Dang bo tinh Dong Thap, Viet Nam 2019",
        "Chào mừng Đại hội nhiệm kỳ 10/2020",
    ],
)
def test_a_plain_date_is_no_period(title):
    assert periods_in(title) == ()


@pytest.mark.parametrize(
    "title", ["HẰNG THÁNG NĂM 2020", "Báo cáo 9 tháng năm 2020", "Tháng      năm 2020", "Các tháng năm: 2020"]
)
def test_a_year_of_months_or_a_month_left_open_is_not_may(title):
    assert [stated.period for stated in periods_in(title) if stated.period and stated.period.kind == "month"] == []


@pytest.mark.parametrize(
    "title",
    [
        "Tháng 13 năm 2020",
        "Tháng 11 và tháng 12 năm 2020",
        "Tháng 11/2020 và tháng 12/2020",
        "Từ tháng 11 đến tháng 12 năm 2020",
        "QUÝ IV (từ tháng 10/2020 đến tháng 12/2020)",
        "THÁNG 00/2020",
        "từ ngày 01/02/2020 đến ngày 30/02/2020",
        "từ ngày 05/02/2020 đến ngày 09/02/2020",
    ],
)
def test_an_impossible_period_is_told_as_such(title):
    assert [stated.period for stated in periods_in(title)] == [None]


@pytest.mark.parametrize(
    ("name", "period"),
    [
        ("BC thang 1-2019", "2019-01"),
        ("Báo cáo tháng 1 năm 2019", "2019-01"),
        ("TB-01.2019", "2019-01"),
        ("bao-cao-2019-01", "2019-01"),
        ("caolanh_2019_01", "2019-01"),
        ("CT_012019", "2019-01"),
        ("T01_2019 TP Hong Ngu", "2019-01"),
        ("Lai Vung T1.2019", "2019-01"),
        ("SaDec_201901", "2019-01"),
        ("BCDV0119", "2019-01"),
        ("lapvo-201901", "2019-01"),
        ("dinh chinh thang 06 nam 2020", "2020-06"),
        ("29926_2025_07", "2025-07"),
        ("BC thang 7-2019_sua (2)", "2019-07"),
        ("BC tháng hai 2019", "2019-02"),
        ("BC Feb-2019", "2019-02"),
    ],
)
def test_a_files_name_may_mean_its_period(name, period):
    assert Period.parse(period) in periods_in_name(name)


@pytest.mark.parametrize("name", ["bao cao", "danh sach 874", "gui ngay 05-07-2019", "BC 2019", "so lieu 20190705"])
def test_a_name_without_a_month_means_none(name):
    assert periods_in_name(name) == set()


@pytest.mark.parametrize(
    ("name", "titled", "period"),
    [
        ("bc_thang_2", "2019-01", "2019-02"),
        ("BC tháng 12 (lần 2)", "2019-01", "2018-12"),
        ("BC thang 1", "2019-12", "2020-01"),
    ],
)
def test_a_month_without_its_year_in_a_files_name_is_the_nearest_to_the_title(name, titled, period):
    assert periods_in_name(name, Period.parse(titled)) == {Period.parse(period)}


@pytest.mark.parametrize("name", ["gui ngay 3 thang 2", "BC thang 13", "so lieu 9 thang 2019", "Quy 1"])
def test_a_name_with_a_day_or_no_month_says_none_beside_a_title_either(name):
    assert periods_in_name(name, Period.parse("2019-01")) == set()


@given(st.integers(2015, 2035), st.integers(1, 12))
def test_months_survive_the_wordings(year, month):
    period = Period(year, month)
    for title in (
        f"Tháng {month} năm {year}",
        f"THÁNG {month:02d}/{year}",
        f"(Số liệu từ ngày {period.first_day:%d/%m/%Y} đến ngày {period.last_day:%d/%m/%Y})",
    ):
        assert [stated.period for stated in periods_in(title)] == [period]
    assert period in periods_in_name(f"bc_{year}{month:02d}")
    assert period.previous.last_day < period.first_day

"""Lists of invented people in the manners in which offices keep them, made from a seed."""

from __future__ import annotations

import random
import unicodedata
from dataclasses import dataclass

SURNAMES = "Nguyễn Trần Lê Phạm Huỳnh Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Phan Trương Đoàn Lâm Mai Cao Đinh".split()
MIDDLE = "Văn Thị Hữu Minh Ngọc Thanh Hoàng Quốc Kim Thị Mỹ".split()
GIVEN = "An Bình Cường Dung Hạnh Khánh Lan Phúc Sơn Tâm Út Tư Hường Nghĩa Thảo Trọng Đức Vượng Ánh Yến".split()
FACTS = ("date", "year", "citizen", "card", "phone")
HEADS = {
    "name": "Họ và tên",
    "date": "Ngày sinh",
    "year": "Năm sinh",
    "citizen": "CCCD",
    "card": "CMND",
    "phone": "SĐT",
}


@dataclass(frozen=True)
class Person:
    """A person, and what is told of them as a list writes it."""

    name: str
    told: dict[str, str]


@dataclass(frozen=True)
class PeopleList:
    """A list as a grid of texts; `secrets` are the names and numbers that must be found nowhere."""

    rows: list[list[str]]
    secrets: list[str]

    def lines(self, between: str = " ") -> list[str]:
        return [between.join(row) for row in self.rows]


def people_list(random_: random.Random, fewest: int = 3, most: int = 12) -> PeopleList:
    """A list of some people in one manner: headings or none, an order of columns, one way to write everything."""
    spell = random_.choice(_SPELLINGS)
    facts = random_.sample(FACTS, random_.randint(1, 3))
    is_split, is_numbered, is_headed = (random_.random() < share for share in (0.25, 0.5, 0.4))
    columns = ["name", *facts]
    random_.shuffle(columns)
    ways = {fact: random_.randrange(3) for fact in FACTS}
    people = [_person(random_, ways) for _ in range(random_.randint(fewest, most))]
    rows = []
    for number, person in enumerate(people, 1):
        row = [str(number)] if is_numbered else []
        for column in columns:
            if column != "name":
                row.append(person.told[column])
            elif is_split:
                row += spell(person.name).rsplit(" ", 1)
            else:
                row.append(spell(person.name))
        rows.append(row)
    if is_headed:
        head = ["STT"] if is_numbered else []
        for column in columns:
            head += ["Họ và tên đệm", "Tên"] if column == "name" and is_split else [HEADS[column]]
        rows.insert(0, head)
    secrets = [value for one in people for value in (one.name, *(one.told[fact] for fact in facts if fact != "year"))]
    return PeopleList(rows, secrets)


def _person(random_: random.Random, ways: dict[str, int]) -> Person:
    name = " ".join(random_.choice(part) for part in (SURNAMES, MIDDLE, GIVEN))
    day, month, year = random_.randint(1, 28), random_.randint(1, 12), random_.randint(1941, 2004)
    citizen = f"087{random_.randint(0, 1)}{year % 100:02}{random_.randrange(10**6):06}"
    phone = f"{random_.choice('35789')}{random_.randrange(10**8):08}"
    dates = (f"{day:02}/{month:02}/{year}", f"{day}-{month}-{year}", f"{day:02}.{month:02}.{year}")
    phones = (f"0{phone}", f"0{phone[:3]} {phone[3:6]} {phone[6:]}", f"+84 {phone[:2]}.{phone[2:5]}.{phone[5:]}")
    citizens = (citizen, f"{citizen[:3]} {citizen[3:6]} {citizen[6:9]} {citizen[9:]}", citizen)
    told = {
        "date": dates[ways["date"]],
        "year": str(year),
        "citizen": citizens[ways["citizen"]],
        "card": f"34{random_.randrange(10**7):07}",
        "phone": phones[ways["phone"]],
    }
    return Person(name, told)


def without_marks(text: str) -> str:
    plain = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


_SPELLINGS = (
    str,
    str,
    str.upper,
    without_marks,
    lambda name: without_marks(name).upper(),
    lambda name: unicodedata.normalize("NFD", name),
    lambda name: f"Đ/c {name}",
)

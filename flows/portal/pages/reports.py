"""Reports: who reported for which month, a file with its problems, what it changes, and the board's word on it."""

from __future__ import annotations

from functools import partial

import polars as pl
from duckdb import DuckDBPyConnection

from expectations.contract.forms import FORMS
from expectations.contract.periods import Period
from expectations.contract.problems import CODES
from flows.commands.acts import check_said
from flows.errors import UserError
from flows.night.carry_out import ACTIONS
from flows.night.collect import File, archived_file
from flows.night.read import read_by
from flows.night.send_back import returned_path
from flows.night.show import ToShow, show
from flows.portal.asked import BOARD, SENDER, XLSX, Answer, Asked, Download, GoTo, NotThere, Route, Shown
from transforms.pages.reports import Changes, changes, report_grid
from warehouse.board.acts import BoardEntry, open_board
from warehouse.board.report_pages import (
    cell_names,
    commune_names,
    files_for,
    files_without_month,
    former_figures,
    given_figures,
    standing_figures,
    states,
)
from warehouse.board.sender_pages import Row, file_of
from warehouse.errors import ArchiveIncomplete, DecisionRefused
from warehouse.ledger.decisions import Decision, check_acceptable, check_retractable
from warehouse.ledger.registry import unit_name
from warehouse.ledger.submissions import causes_of, problems_of

MONTHS, MOST_WITHOUT_MONTH = 24, 40


def show_reports(asked: Asked) -> Answer:
    """Units by months, and the files whose month could not be read."""
    return reports_page(asked.con)


def reports_page(con: DuckDBPyConnection) -> Shown:
    """The page of the grid."""
    lost = [
        row | {"unit": unit_name(con, row["reporter_code"], row["received_on"])}
        for row in files_without_month(con, MOST_WITHOUT_MONTH).to_dicts()
    ]
    return Shown("reports.html", {"grid": report_grid(states(con, MONTHS)), "lost": lost})


def show_report(asked: Asked) -> Answer:
    """The files of one unit for one month."""
    unit, period = asked.path["unit"], asked.path["period"]
    files = files_for(asked.con, unit, period).to_dicts()
    if not files:
        raise NotThere
    name = files[0]["reporter_name"] or unit_name(asked.con, unit, files[0]["received_on"])
    return Shown("report.html", {"unit": name, "period": period, "files": files})


def show_file(asked: Asked) -> Answer:
    """A file: what became of it, every problem; for the board, what it may decide of it."""
    row = _own_file(asked)
    is_board = asked.account.role == BOARD
    return Shown(
        "file.html",
        {
            "file": row,
            "unit": unit_name(asked.con, row["reporter_code"], row["received_on"]),
            "problems": problems_of(asked.con, [row["submission_id"]]).to_dicts(),
            "causes": causes_of(asked.con, [row["submission_id"]])[f"message_{asked.language}"].to_list(),
            "has_workbook": returned_path(asked.settings, row, row["reporter_code"]).is_file(),
            "decided": _decided(asked, row["submission_id"]) if is_board else None,
            "may": _possible(asked, row) if is_board else None,
        },
    )


def show_sheets(asked: Asked) -> Answer:
    """A file's problems on its own sheets, as its sender had them.

    Raises:
        UserError: its bytes are not kept.
    """
    row = _own_file(asked)
    file = _archived(asked, row)
    problems = problems_of(asked.con, [row["submission_id"]]).to_dicts()
    to_show = ToShow(file.data, file.file_name, asked.settings.registry_dir, problems, asked.language)
    return Shown("file_sheets.html", {"file": row, "seen": show(asked.desk.readers, to_show)})


def show_changes(asked: Asked) -> Answer:
    """What a file changed; of one that was rejected and can be let in, what it would change."""
    row = _own_file(asked)
    found = _changes(asked, row)
    if found is None:
        raise UserError("error.report.no-figures")
    return Shown("changes.html", {"file": row, "changes": found})


def returned_workbook(asked: Asked) -> Answer:
    """The marked workbook that the night made of a file."""
    row = _own_file(asked)
    path = returned_path(asked.settings, row, row["reporter_code"])
    if not path.is_file():
        raise NotThere
    return Download(path.name, path.read_bytes(), XLSX)


def decide(asked: Asked, action: str) -> Answer:
    """Note a decision on the board; it is carried out soon, or by the night.

    Raises:
        DecisionRefused: it could not be carried out.
        UserError: something was decided already, or the reason tells of a person.
    """
    row, number = _own_file(asked), asked.path["number"]
    decision = Decision(asked.today(), asked.account.name, asked.said("reason"))
    (check_acceptable if action == "accept" else check_retractable)(asked.con, row["submission_id"], decision)
    check_said(decision.reason)
    if _decided(asked, row["submission_id"]):
        raise UserError("error.report.decided")
    with open_board(asked.settings.board_path) as board:
        what = {"submission_id": row["submission_id"], "reason": decision.reason}
        board.append(decision.by, action, what, asked.now())
    asked.desk.carrying_out.ask()
    return GoTo(f"/files/{number}", "noted")


def _own_file(asked: Asked) -> Row:
    whose = None if asked.account.role == BOARD else asked.account.unit_code
    row = file_of(asked.con, asked.path["number"], whose)
    if row is None:
        raise NotThere
    return row


def _decided(asked: Asked, number: int) -> BoardEntry | None:
    """What was decided of a file and is not in the copies yet."""
    noted = asked.desk.copies.waiting(asked.con, ACTIONS)
    return next((one for one in noted if one.what.get("submission_id") == number), None)


def _possible(asked: Asked, row: Row) -> str | None:
    """What the board may decide of a file: accept, retract, or nothing."""
    decision = Decision(asked.today(), asked.account.name, "?")
    for action, check in (("accept", check_acceptable), ("retract", check_retractable)):
        try:
            check(asked.con, row["submission_id"], decision)
            return action
        except DecisionRefused:
            continue
    return None


def _changes(asked: Asked, row: Row) -> Changes | None:
    """Null where the file gave no figures and could give none."""
    number = row["submission_id"]
    if row["outcome"] == "accepted":
        before, after = former_figures(asked.con, number), given_figures(asked.con, number)
    elif row["outcome"] == "rejected" and _is_legible(asked, row):
        after = _read_again(asked, row)
        period = Period.parse(row["period"])
        periods = {str(period.of_kind(form.every)) for form in FORMS.values()}
        before = standing_figures(asked.con, row["reporter_code"], sorted(periods))
        before = before.join(after.select("form").unique(), on="form", how="semi")
    else:
        return None
    codes = pl.concat([before["unit_code"], after["unit_code"]]).unique().to_list()
    communes = commune_names(asked.con, codes, Period.parse(row["period"]).last_day)
    names = {code: (name, "") for code, name in communes.items()} | cell_names(asked.con, codes)
    return changes(before, after, names, asked.language)


def _is_legible(asked: Asked, row: Row) -> bool:
    """Whether a rejected file could be let in: its figures could be read."""
    codes = problems_of(asked.con, [row["submission_id"]]).filter(pl.col("severity") == "error")["code"]
    return row["period"] is not None and all(CODES[code].waivable for code in codes)


def _archived(asked: Asked, row: Row) -> File:
    try:
        return archived_file(row, asked.settings.archive_dir)
    except ArchiveIncomplete as error:
        raise UserError("error.report.no-figures") from error


def _read_again(asked: Asked, row: Row) -> pl.DataFrame:
    """The figures in a file of the archive: form, unit_code, measure, value.

    Raises:
        UserError: its bytes are not in the archive.
    """
    file = _archived(asked, row)
    batch = read_by(asked.desk.readers, {1: file}, {1: row["recorded_at"]}, asked.settings)
    parts = [
        rows.rename({FORMS[form].key: "unit_code"})
        .filter(pl.col("unit_code").is_not_null())
        .unpivot(FORMS[form].names, index="unit_code", variable_name="measure")
        .select(pl.lit(form).alias("form"), "unit_code", "measure", pl.col("value").cast(pl.Int64))
        for form, rows in batch.frames.rows.items()
        if not rows.is_empty()
    ]
    return pl.concat(parts).drop_nulls("value")


_BOARD, _BOTH = frozenset({BOARD}), frozenset({BOARD, SENDER})
ROUTES = (
    Route("GET", "/reports", _BOARD, show_reports, is_kept=True),
    Route("GET", "/reports/{unit}/{period}", _BOARD, show_report),
    Route("GET", "/files/{number}", _BOTH, show_file),
    Route("GET", "/files/{number}/sheets", _BOTH, show_sheets, takes_long=True),
    Route("GET", "/files/{number}/changes", _BOTH, show_changes, takes_long=True),
    Route("GET", "/files/{number}/workbook", _BOTH, returned_workbook),
    Route("POST", "/files/{number}/accept", _BOARD, partial(decide, action="accept")),
    Route("POST", "/files/{number}/retract", _BOARD, partial(decide, action="retract")),
)

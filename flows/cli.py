"""The `mobility` command: each command one call into the flows; nothing heavy is imported before it is needed.

Annotations are evaluated here as they are written: kept as texts, typer evaluates each of them twice in every call.
"""

import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from expectations.language.catalogue import both
from flows.usage import CommandLine

app = CommandLine(pretty_exceptions_enable=False, help=both("help.mobility"))
registry_app = CommandLine(help=both("help.registry"))
app.add_typer(registry_app, name="registry")
alert_app = CommandLine(help=both("help.alert"))
app.add_typer(alert_app, name="alert")
followup_app = CommandLine(help=both("help.followup"))
app.add_typer(followup_app, name="followup")

notify_app = CommandLine(help=both("help.notify"))
app.add_typer(notify_app, name="notify")

pilot_app = CommandLine(help=both("help.pilot"))
app.add_typer(pilot_app, name="pilot")

nation_app = CommandLine(help=both("help.nation"))
app.add_typer(nation_app, name="nation")

user_app = CommandLine(help=both("help.user"))
app.add_typer(user_app, name="user")

lake_app = CommandLine(help=both("help.lake"))
app.add_typer(lake_app, name="lake")

# What stands for a value is a key of the catalogue: NGÀY or DAY, as the reader's language has it.
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], metavar="day", help=both("help.day"))]
AlertName = Annotated[str, typer.Argument(metavar="alert", help=both("help.alert.name"))]
LakeOwner = Annotated[str | None, typer.Option("--as", metavar="postgres:…", help=both("help.lake.as"))]
Note = Annotated[str | None, typer.Option(help=both("help.note"))]
UserName = Annotated[str, typer.Argument(metavar="name", help=both("help.user.name"))]
ItemName = Annotated[str, typer.Argument(metavar="item", help=both("help.item.name"))]


@app.command(help=both("help.nightly"))
def nightly(
    as_of: Day = None, inbox: Annotated[Path | None, typer.Option(help=both("help.nightly.inbox"))] = None
) -> None:
    from flows.commands.nightly import run_nightly

    run_nightly(as_of.date() if as_of else None, inbox)


@app.command(help=both("help.serve"))
def serve() -> None:
    from flows.serving.serve import run_serve

    run_serve()


@app.command(help=both("help.deploy"))
def deploy(
    pool: Annotated[str, typer.Option(help=both("help.deploy.pool"))],
    queue: Annotated[str | None, typer.Option(help=both("help.deploy.queue"))] = None,
    name: Annotated[str | None, typer.Option(help=both("help.deploy.name"))] = None,
    nation: Annotated[bool, typer.Option("--nation", help=both("help.deploy.nation"))] = False,
) -> None:
    from flows.serving.pool import run_deploy

    run_deploy(pool, queue, name, nation=nation)


@app.command(help=both("help.portal"))
def portal() -> None:
    from flows.portal.serve import run_portal

    run_portal()


@app.command(help=both("help.board"))
def board(folder: Annotated[Path, typer.Argument(metavar="folder", help=both("help.board.folder"))]) -> None:
    from flows.portal.plain_site import run_board

    run_board(folder)


@app.command("carry-out", hidden=True)
def carry_out(as_of: Day = None) -> None:
    from flows.commands.carry_out import run_carry_out

    run_carry_out(as_of.date() if as_of else None)


@app.command(help=both("help.backfill"))
def backfill(
    folder: Annotated[Path, typer.Argument(help=both("help.backfill.folder"))], received_on: Day = None
) -> None:
    from flows.lasting_imports import lasting_imports

    with lasting_imports():
        from flows.commands.backfill import run_backfill

    run_backfill(folder, received_on.date() if received_on else None)


@app.command(help=both("help.check"))
def check(
    file: Annotated[Path, typer.Argument(help=both("help.check.file"))],
    reporter: Annotated[str | None, typer.Option(help=both("help.check.reporter"))] = None,
    as_of: Day = None,
    as_json: Annotated[bool, typer.Option("--json", help=both("help.json"))] = False,
) -> None:
    from flows.commands.check import run_check

    raise typer.Exit(run_check(file, reporter, as_of.date() if as_of else None, as_json))


@app.command(help=both("help.template"))
def template(
    unit: Annotated[str | None, typer.Option(help=both("help.template.unit"))] = None,
    period: Annotated[str | None, typer.Option(help=both("help.period"))] = None,
    out: Annotated[Path | None, typer.Option(help=both("help.template.out"))] = None,
) -> None:
    from flows.commands.template import run_template

    run_template(unit, period, out)


@app.command(help=both("help.status"))
def status(period: Annotated[str | None, typer.Option(help=both("help.month"))] = None) -> None:
    from flows.commands.status import run_status

    run_status(period)


@app.command(help=both("help.sql"))
def sql(
    query: Annotated[str | None, typer.Argument(help=both("help.sql.query"))] = None,
    as_of: Day = None,
    form: Annotated[
        Literal["csv", "json", "parquet"] | None, typer.Option("--format", help=both("help.sql.format"))
    ] = None,
) -> None:
    from flows.commands.sql import run_sql

    run_sql(query, as_of.date() if as_of else None, form)


@app.command(help=both("help.export"))
def export(
    target: Annotated[Path, typer.Argument(help=both("help.export.target"))],
    form: Annotated[
        Literal["parquet", "csv", "xlsx"] | None, typer.Option("--format", help=both("help.export.format"))
    ] = None,
) -> None:
    from flows.commands.export import run_export

    run_export(target, form)


@app.command(help=both("help.trends"))
def trends(
    unit: Annotated[str | None, typer.Option(help=both("help.trends.unit"))] = None,
    indicator: Annotated[str | None, typer.Option(help=both("help.trends.indicator"))] = None,
) -> None:
    from flows.commands.trends import run_trends

    run_trends(unit, indicator)


@app.command(help=both("help.targets"))
def targets(unit: Annotated[str | None, typer.Option(help=both("help.targets.unit"))] = None) -> None:
    from flows.commands.targets import run_targets

    run_targets(unit)


@app.command(help=both("help.forecast"))
def forecast(unit: Annotated[str | None, typer.Option(help=both("help.forecast.unit"))] = None) -> None:
    from flows.commands.forecast import run_forecast

    run_forecast(unit)


@pilot_app.command("plan", help=both("help.pilot_plan"))
def pilot_plan(
    units: Annotated[str, typer.Option(help=both("help.pilot_plan.units"))],
    outcome: Annotated[str, typer.Option(help=both("help.pilot_plan.outcome"))],
    months: Annotated[int, typer.Option(help=both("help.pilot_plan.months"))] = 12,
    among: Annotated[str | None, typer.Option(help=both("help.pilot_plan.among"))] = None,
    strata: Annotated[int, typer.Option(help=both("help.pilot_plan.strata"))] = 1,
    seed: Annotated[int, typer.Option(help=both("help.pilot_plan.seed"))] = 1,
) -> None:
    from flows.commands.pilots import run_plan

    run_plan(units, outcome, months, among, strata, seed)


@pilot_app.command("show", help=both("help.pilot_show"))
def pilot_show(name: Annotated[str, typer.Argument(metavar="name", help=both("help.pilot_show.name"))]) -> None:
    from flows.commands.pilots import run_show

    run_show(name)


@app.command(help=both("help.alerts"))
def alerts(
    status: Annotated[
        Literal["standing", "opened", "acknowledged", "resolved", "all"], typer.Option(help=both("help.alerts.status"))
    ] = "standing",
    district: Annotated[str | None, typer.Option(help=both("help.alerts.district"))] = None,
    since: Day = None,
    indicator: Annotated[str | None, typer.Option(help=both("help.alerts.indicator"))] = None,
    level: Annotated[
        Literal["province", "district", "commune"] | None, typer.Option(help=both("help.alerts.level"))
    ] = None,
    severity: Annotated[
        Literal["high", "medium", "low"] | None, typer.Option(help=both("help.alerts.severity"))
    ] = None,
) -> None:
    from flows.commands.alert_list import AlertsWanted, run_alerts

    run_alerts(
        AlertsWanted(
            status=status,
            district=district,
            since=since.date() if since else None,
            indicator=indicator,
            level=level,
            severity=severity,
        )
    )


@app.command(help=both("help.report"))
def report() -> None:
    from flows.night.write_page import run_report

    run_report()


@alert_app.command("show", help=both("help.alert_show"))
def alert_show(alert: AlertName) -> None:
    from flows.commands.alert_show import run_show

    run_show(alert)


@alert_app.command("ack", help=both("help.alert_ack"))
def alert_ack(alert: AlertName, note: Note = None, as_of: Day = None) -> None:
    from flows.commands.alert_acts import run_act
    from flows.commands.cases import TypedAct

    run_act(TypedAct("alert-ack", alert, {"note": note}), as_of.date() if as_of else None)


@alert_app.command("silence", help=both("help.alert_silence"))
def alert_silence(
    alert: AlertName,
    until: Day = None,
    until_resolved: Annotated[
        bool, typer.Option("--until-resolved", help=both("help.alert_silence.until_resolved"))
    ] = False,
    note: Note = None,
    as_of: Day = None,
) -> None:
    from flows.commands.alert_acts import run_silence

    run_silence(alert, until.date() if until else None, until_resolved, note, as_of.date() if as_of else None)


@alert_app.command("close", help=both("help.alert_close"))
def alert_close(
    alert: AlertName,
    verdict: Annotated[Literal["true", "data-error", "expected"], typer.Option(help=both("help.alert_close.verdict"))],
    note: Annotated[str, typer.Option(help=both("help.alert_close.note"))],
    as_of: Day = None,
) -> None:
    from flows.commands.alert_acts import run_act
    from flows.commands.cases import TypedAct

    run_act(TypedAct("alert-close", alert, {"note": note, "verdict": verdict}), as_of.date() if as_of else None)


@followup_app.command("list", help=both("help.followup_list"))
def followup_list(
    status: Annotated[
        Literal["standing", "open", "assigned", "done", "verified", "waived", "carried", "all"],
        typer.Option(help=both("help.followup_list.status")),
    ] = "standing",
    unit: Annotated[str | None, typer.Option(help=both("help.followup_list.unit"))] = None,
    kind: Annotated[str | None, typer.Option(help=both("help.followup_list.kind"))] = None,
    priority: Annotated[
        Literal["high", "medium", "low"] | None, typer.Option(help=both("help.followup_list.priority"))
    ] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help=both("help.followup_list.overdue"))] = False,
) -> None:
    from flows.commands.followup_list import ItemsWanted, run_list

    run_list(ItemsWanted(status=status, unit=unit, kind=kind, priority=priority, overdue=overdue))


@followup_app.command("show", help=both("help.followup_show"))
def followup_show(item: ItemName) -> None:
    from flows.commands.followup_list import run_show

    run_show(item)


@followup_app.command("assign", help=both("help.followup_assign"))
def followup_assign(
    item: ItemName,
    to: Annotated[str, typer.Option(help=both("help.followup_assign.to"))],
    note: Note = None,
    as_of: Day = None,
) -> None:
    from flows.commands.cases import TypedAct
    from flows.commands.followup_acts import run_act

    run_act(TypedAct("followup-assign", item, {"to": to, "note": note}), as_of.date() if as_of else None)


@followup_app.command("done", help=both("help.followup_done"))
def followup_done(
    item: ItemName, note: Annotated[str, typer.Option(help=both("help.followup_done.note"))], as_of: Day = None
) -> None:
    from flows.commands.cases import TypedAct
    from flows.commands.followup_acts import run_act

    run_act(TypedAct("followup-done", item, {"note": note}), as_of.date() if as_of else None)


@followup_app.command("waive", help=both("help.followup_waive"))
def followup_waive(
    item: ItemName, reason: Annotated[str, typer.Option(help=both("help.followup_waive.reason"))], as_of: Day = None
) -> None:
    from flows.commands.cases import TypedAct
    from flows.commands.followup_acts import run_act

    run_act(TypedAct("followup-waive", item, {"reason": reason}), as_of.date() if as_of else None)


@followup_app.command("export", help=both("help.followup_export"))
def followup_export(folder: Annotated[Path, typer.Argument(help=both("help.followup_export.folder"))]) -> None:
    from flows.commands.followup_export import run_export

    run_export(folder)


@followup_app.command("import", help=both("help.followup_import"))
def followup_import(file: Annotated[Path, typer.Argument(help=both("help.followup_import.file"))]) -> None:
    from flows.commands.followup_import import run_import

    run_import(file)


@app.command(help=both("help.doctor"))
def doctor(
    deep: Annotated[bool, typer.Option(help=both("help.doctor.deep"))] = False,
    as_json: Annotated[bool, typer.Option("--json", help=both("help.doctor.json"))] = False,
) -> None:
    from flows.commands.care import run_doctor

    raise typer.Exit(run_doctor(deep, as_json))


@app.command(help=both("help.files"))
def files(
    unit: Annotated[str | None, typer.Option(help=both("help.files.unit"))] = None,
    period: Annotated[str | None, typer.Option(help=both("help.period"))] = None,
    outcome: Annotated[
        Literal["accepted", "rejected", "duplicate"] | None, typer.Option(help=both("help.files.outcome"))
    ] = None,
    last: Annotated[int, typer.Option(help=both("help.files.last"), min=1)] = 40,
) -> None:
    from flows.commands.files import run_files

    run_files(unit, period, outcome, last)


@app.command(help=both("help.rebuild"))
def rebuild() -> None:
    from flows.commands.care import run_rebuild

    raise typer.Exit(run_rebuild())


@app.command(help=both("help.backup"))
def backup(target: Annotated[Path | None, typer.Argument(help=both("help.backup.target"))] = None) -> None:
    from flows.commands.care import run_backup

    run_backup(target)


@app.command(help=both("help.restore"))
def restore(
    source: Annotated[Path, typer.Argument(help=both("help.restore.source"))],
    replace: Annotated[bool, typer.Option(help=both("help.restore.replace"))] = False,
) -> None:
    from flows.commands.care import run_restore

    run_restore(source, replace)


@app.command(help=both("help.tidy"))
def tidy(dry_run: Annotated[bool, typer.Option("--dry-run", help=both("help.tidy.dry_run"))] = False) -> None:
    from flows.commands.care import run_tidy

    run_tidy(dry_run)


@app.command(help=both("help.upgrade"))
def upgrade(
    folder: Annotated[Path, typer.Argument(metavar="folder", help=both("help.upgrade.folder"))],
    with_other_facts: Annotated[
        bool, typer.Option("--with-other-facts", help=both("help.upgrade.with_other_facts"))
    ] = False,
) -> None:
    from flows.commands.upgrade import run_upgrade

    run_upgrade(folder, with_other_facts)


@app.command(help=both("help.accept"))
def accept(
    submission: Annotated[int, typer.Argument(help=both("help.accept.submission"))],
    reason: Annotated[str, typer.Option(help=both("help.accept.reason"))],
    as_of: Day = None,
) -> None:
    from flows.commands.decide import run_decision

    run_decision("accept", submission, reason, as_of.date() if as_of else None)


@app.command(help=both("help.retract"))
def retract(
    submission: Annotated[int, typer.Argument(help=both("help.retract.submission"))],
    reason: Annotated[str, typer.Option(help=both("help.retract.reason"))],
    as_of: Day = None,
) -> None:
    from flows.commands.decide import run_decision

    run_decision("retract", submission, reason, as_of.date() if as_of else None)


@app.command(help=both("help.demo"))
def demo() -> None:
    from flows.commands.demo import run_demo

    run_demo()


@app.command(help=both("help.init"))
def init(province: Annotated[str, typer.Option(help=both("help.init.province"))]) -> None:
    from flows.commands.init import run_init

    run_init(province)


@registry_app.command("check", help=both("help.registry_check"))
def registry_check(file: Annotated[Path, typer.Argument(help=both("help.registry.file"))]) -> None:
    from flows.commands.registry_import import run_check

    run_check(file)


@registry_app.command("import", help=both("help.registry_import"))
def registry_import(file: Annotated[Path, typer.Argument(help=both("help.registry.file"))], as_of: Day = None) -> None:
    from flows.commands.registry_import import run_import

    run_import(file, as_of.date() if as_of else None)


@user_app.command("add", help=both("help.user_add"))
def user_add(
    name: UserName,
    role: Annotated[Literal["board", "sender", "reader"], typer.Option(help=both("help.user_add.role"))],
    unit: Annotated[str | None, typer.Option(help=both("help.user_add.unit"))] = None,
    without_password: Annotated[
        bool, typer.Option("--without-password", help=both("help.user_add.without_password"))
    ] = False,
) -> None:
    from flows.commands.users import run_add

    run_add(name, role, unit, without_password)


@user_app.command("list", help=both("help.user_list"))
def user_list() -> None:
    from flows.commands.users import run_list

    run_list()


@user_app.command("disable", help=both("help.user_disable"))
def user_disable(name: UserName) -> None:
    from flows.commands.users import run_disable

    run_disable(name)


@user_app.command("password", help=both("help.user_password"))
def user_password(name: UserName) -> None:
    from flows.commands.users import run_password

    run_password(name)


@nation_app.command("measure", help=both("help.nation_measure"))
def nation_measure(
    as_of: Day = None, again: Annotated[bool, typer.Option("--again", help=both("help.nation_measure.again"))] = False
) -> None:
    from flows.commands.nation import run_measure

    run_measure(as_of.date() if as_of else None, again=again)


@nation_app.command("show", help=both("help.nation_show"))
def nation_show(indicator: Annotated[str | None, typer.Option(help=both("help.nation_show.indicator"))] = None) -> None:
    from flows.commands.nation import run_show

    run_show(indicator)


@nation_app.command("alerts", help=both("help.nation_alerts"))
def nation_alerts(every: Annotated[bool, typer.Option("--all", help=both("help.nation_alerts.all"))] = False) -> None:
    from flows.commands.nation import run_alerts

    run_alerts(every=every)


@lake_app.command("init", help=both("help.lake_init"))
def lake_init(
    province: Annotated[list[str] | None, typer.Option(help=both("help.lake_init.province"))] = None,
    reader: Annotated[list[str] | None, typer.Option(help=both("help.lake_init.reader"))] = None,
    owner: LakeOwner = None,
) -> None:
    from flows.commands.lake import run_init

    run_init(province or [], reader or [], owner)


@lake_app.command("add", help=both("help.lake_add"))
def lake_add(
    take_over: Annotated[bool, typer.Option("--take-over", help=both("help.lake_add.take_over"))] = False,
) -> None:
    from flows.commands.lake import run_add

    run_add(take_over)


@lake_app.command("show", help=both("help.lake_show"))
def lake_show(province: Annotated[str | None, typer.Option(help=both("help.lake_show.province"))] = None) -> None:
    from flows.commands.lake import run_show

    run_show(province)


@lake_app.command("sql", help=both("help.lake_sql"))
def lake_sql(
    query: Annotated[str, typer.Argument(help="SELECT …")],
    edition: Annotated[str | None, typer.Option(help=both("help.lake_sql.edition"))] = None,
    province: Annotated[str | None, typer.Option(help=both("help.lake_sql.province"))] = None,
    as_of: Day = None,
    form: Annotated[
        Literal["csv", "json", "parquet"] | None, typer.Option("--format", help=both("help.sql.format"))
    ] = None,
) -> None:
    from flows.commands.lake import LakePast, run_sql

    run_sql(query, LakePast(edition, province, as_of.date() if as_of else None), form)


@lake_app.command("tidy", help=both("help.lake_tidy"))
def lake_tidy(
    dry_run: Annotated[bool, typer.Option("--dry-run", help=both("help.tidy.dry_run"))] = False, owner: LakeOwner = None
) -> None:
    from flows.commands.lake import run_tidy

    run_tidy(dry_run, owner)


@notify_app.command("test", help=both("help.notify_test"))
def notify_test(recipient: Annotated[str, typer.Argument(help=both("help.notify_test.recipient"))]) -> None:
    from flows.commands.notify import run_test

    run_test(recipient)


@notify_app.command("send", help=both("help.notify_send"))
def notify_send(
    dry_run: Annotated[bool, typer.Option("--dry-run", help=both("help.notify_send.dry_run"))] = False,
) -> None:
    from flows.commands.notify import run_send

    raise typer.Exit(run_send(dry_run))


def main() -> None:
    """The console script: errors a person can mend are shown without a traceback."""
    from flows.errors import shown

    sys.exit(shown(app))

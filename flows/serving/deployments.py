"""What `mobility serve` serves or a pool's workers run, and what an earlier `serve` left undone put right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.actions import GlobalConcurrencyLimitUpdate
from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterId, FlowRunFilter
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy, FlowRun, StateType
from prefect.deployments.runner import RunnerDeployment
from prefect.exceptions import ObjectNotFound
from prefect.schedules import Cron, RRule, Schedule
from prefect.states import Cancelled, Crashed, Scheduled

from flows.errors import UserError
from flows.settings import Settings

NAME = "mobility"
NIGHT, REMINDERS = f"nightly/{NAME}", f"reminders/{NAME}"
ONE_AT_A_TIME = ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW)
ENTRYPOINTS = {
    "nightly": "flows.serving.scheduled.night",
    "reminders": "flows.serving.reminders.reminders",
    "messages": "flows.serving.reminders.messages",
    "care": "flows.serving.care.care",
    "nation": "flows.nation.scheduled.nation",
}
UNDER_WAY = {StateType.PENDING, StateType.RUNNING, StateType.CANCELLING}


@dataclass(frozen=True, slots=True)
class Place:
    """Where workers take the runs from: a work pool, and the queue in it of one machine; None for the pool's own."""

    pool: str
    queue: str | None


def deployments(settings: Settings, name: str = NAME, place: Place | None = None) -> list[RunnerDeployment]:
    """What is served, by module path: a file's would put `flows/` first on the path.

    Args:
        settings: the home, and when its nights are.
        name: of all of them; several homes on one server have each their own.
        place: where workers take them from; None where this process runs them.
    """
    days, zone = ",".join(map(str, settings.reminder_days)), settings.timezone
    schedules: dict[str, Schedule] = {
        "nightly": RRule(f"FREQ=DAILY;{_moment(settings.night_at)}", timezone=zone),
        "reminders": RRule(f"FREQ=MONTHLY;BYMONTHDAY={days};{_moment(settings.reminder_at)}", timezone=zone),
        "messages": Cron("30 * * * *", timezone=zone),
    }
    if settings.backup_folder or settings.keep_rejected_days or settings.keep_returns_days:
        schedules["care"] = RRule(f"FREQ=DAILY;{_moment(settings.backup_at)}", timezone=zone)
    return [_deployment(ENTRYPOINTS[flow], schedule, settings, name, place) for flow, schedule in schedules.items()]


def national_deployments(settings: Settings, name: str, place: Place) -> list[RunnerDeployment]:
    """The national night of a home that has a lake and no reports of its own; see `deployments`."""
    schedule = RRule(f"FREQ=DAILY;{_moment(settings.night_at)}", timezone=settings.timezone)
    return [_deployment(ENTRYPOINTS["nation"], schedule, settings, name, place)]


def _moment(at: time) -> str:
    return f"BYHOUR={at.hour};BYMINUTE={at.minute};BYSECOND={at.second}"


def _deployment(
    entrypoint: str, schedule: Schedule, settings: Settings, name: str, place: Place | None
) -> RunnerDeployment:
    made = RunnerDeployment.from_entrypoint(
        entrypoint,
        name,
        schedule=schedule,
        # A server that was started anew gives no place back that a run had: in a pool the warehouse's own lock keeps
        # nights apart, and the later one waits.
        concurrency_limit=None if place else ONE_AT_A_TIME,
        tags=[_mark(settings)],
        work_pool_name=place.pool if place else None,
        work_queue_name=place.queue if place else None,
        job_variables={"env": _environment(settings)} if place else None,
    )
    if place:
        made._path = None  # the program is installed where the worker is; where this process stands means nothing there
    return made


def _environment(settings: Settings) -> dict[str, str]:
    """What a worker's run is told: where its home is, and nothing that is secret, as Prefect shows it to everybody."""
    return {"MOBILITY_HOME": str(settings.home.resolve()), "PREFECT_LOGGING_LEVEL": "INFO", "DO_NOT_TRACK": "1"}


def _mark(settings: Settings) -> str:
    return f"home:{settings.home.resolve()}"


async def check_server(
    settings: Settings, name: str = NAME, wrong: str = "error.serve.other-home", flow: str = "nightly"
) -> None:
    """See that the server has no deployments of this name for another home.

    Args:
        wrong: the error to tell where it has.
        flow: the one that tells.

    Raises:
        UserError: it has; each would run the other's nights.
    """
    async with get_client() as client:
        try:
            standing = await client.read_deployment_by_name(f"{flow}/{name}")
        except ObjectNotFound:
            return
    if standing.tags and _mark(settings) not in standing.tags:
        raise UserError(wrong, home=standing.tags[0].removeprefix("home:"), name=name)


async def remove_others(name: str, wanted: set[str]) -> None:
    """Remove what was deployed under a name and is not wanted any more, as the care of a home that keeps no backups."""
    async with get_client() as client:
        for flow in ENTRYPOINTS.keys() - wanted:
            try:
                standing = await client.read_deployment_by_name(f"{flow}/{name}")
            except ObjectNotFound:
                continue
            await client.delete_deployment(standing.id)


async def put_right(served: dict[str, UUID], now: datetime, settings: Settings) -> None:
    """End what an earlier life left: runs it was killed in, and runs due while it was down, which must not pile up.

    A reminder of today is still sent. Nothing of ours runs when this is called.

    Args:
        served: the deployments' ids by name.
        now: local time.
        settings: the time zone.
    """
    async with get_client() as client:
        for name, number in served.items():
            for run in await _runs(client, number):
                await _end(client, run, name, now, settings)
            await _free(client, number)


async def _runs(client: PrefectClient, deployment: UUID) -> list[FlowRun]:
    found = await client.read_flow_runs(
        flow_run_filter=FlowRunFilter.model_validate({"state": {"type": {"any_": [*UNDER_WAY, StateType.SCHEDULED]}}}),
        deployment_filter=DeploymentFilter(id=DeploymentFilterId(any_=[deployment])),
        limit=200,
    )
    return found


async def _end(client: PrefectClient, run: FlowRun, name: str, now: datetime, settings: Settings) -> None:
    state = run.state
    if state is None:
        return
    if state.type in UNDER_WAY:
        await client.set_flow_run_state(run.id, Crashed(message="mobility serve was stopped in this run"), force=True)
        return
    due = run.next_scheduled_start_time or run.expected_start_time
    if due is None:
        return
    local = due.astimezone(ZoneInfo(settings.timezone)).replace(tzinfo=None)
    is_reminder_of_today = name == REMINDERS and local.date() == now.date()
    if local <= now and not is_reminder_of_today:
        await client.set_flow_run_state(run.id, Cancelled(message="mobility serve was not running"), force=True)


async def _free(client: PrefectClient, deployment: UUID) -> None:
    """A run's place stays taken when its lease went with the server's memory: every later night would be cancelled."""
    standing = await client.read_deployment(deployment)
    limit = standing.global_concurrency_limit
    if limit is not None and limit.active_slots:
        await client.update_global_concurrency_limit(limit.name, GlobalConcurrencyLimitUpdate(active_slots=0))


async def has_run(deployment: UUID, since: datetime, settings: Settings) -> bool:
    """Whether a run, whatever became of it, was meant to start since a local time."""
    after = since.replace(tzinfo=ZoneInfo(settings.timezone))
    now = datetime.now(UTC)
    async with get_client() as client:
        runs = await client.read_flow_runs(
            flow_run_filter=FlowRunFilter.model_validate({"expected_start_time": {"after_": after, "before_": now}}),
            deployment_filter=DeploymentFilter(id=DeploymentFilterId(any_=[deployment])),
            limit=1,
        )
    return bool(runs)


async def run_now(deployment: UUID) -> None:
    """Have the runner start one at once."""
    async with get_client() as client:
        await client.create_flow_run_from_deployment(deployment, state=Scheduled())

"""What `mobility serve` serves, and what an earlier `serve` left undone on Prefect's server put right."""

from __future__ import annotations

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
UNDER_WAY = {StateType.PENDING, StateType.RUNNING, StateType.CANCELLING}


def deployments(settings: Settings) -> list[RunnerDeployment]:
    """What is served, by module path: a file's would put `flows/` first on the path."""
    days, zone = ",".join(map(str, settings.reminder_days)), settings.timezone
    schedules: dict[str, Schedule] = {
        "flows.serving.scheduled.night": RRule(f"FREQ=DAILY;{_moment(settings.night_at)}", timezone=zone),
        "flows.serving.reminders.reminders": RRule(
            f"FREQ=MONTHLY;BYMONTHDAY={days};{_moment(settings.reminder_at)}", timezone=zone
        ),
        "flows.serving.reminders.messages": Cron("30 * * * *", timezone=zone),
    }
    if settings.backup_folder or settings.keep_rejected_days or settings.keep_returns_days:
        schedules["flows.serving.care.care"] = RRule(f"FREQ=DAILY;{_moment(settings.backup_at)}", timezone=zone)
    return [_deployment(entrypoint, schedule, settings) for entrypoint, schedule in schedules.items()]


def _moment(at: time) -> str:
    return f"BYHOUR={at.hour};BYMINUTE={at.minute};BYSECOND={at.second}"


def _deployment(entrypoint: str, schedule: Schedule, settings: Settings) -> RunnerDeployment:
    return RunnerDeployment.from_entrypoint(
        entrypoint, NAME, schedule=schedule, concurrency_limit=ONE_AT_A_TIME, tags=[_mark(settings)]
    )


def _mark(settings: Settings) -> str:
    return f"home:{settings.home.resolve()}"


async def check_server(settings: Settings) -> None:
    """See that the server is not another home's.

    Raises:
        UserError: it serves another home already; each would run the other's nights.
    """
    async with get_client() as client:
        try:
            standing = await client.read_deployment_by_name(NIGHT)
        except ObjectNotFound:
            return
    if standing.tags and _mark(settings) not in standing.tags:
        raise UserError("error.serve.other-home", home=standing.tags[0])


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

"""`mobility deploy`: this home's nights, reminders and care in a work pool of Prefect's, for workers to run.

A nation has a home a province and several machines; Prefect's own process worker, one a machine, runs the nights of
the homes that lie there. Nothing runs in this process: it puts the deployments in place and ends.
"""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

from rich.console import Console

from expectations.language.catalogue import text
from flows.engine import prepare_engine
from flows.errors import UserError
from flows.serving.served import is_served, require_server
from flows.settings import Settings, load_settings

if TYPE_CHECKING:
    from prefect.client.orchestration import PrefectClient

KIND = "process"


def run_deploy(pool: str, queue: str | None, name: str | None, *, nation: bool = False) -> None:
    """Put this home's deployments in a pool, or in place of those of the last time, and say what a worker is told.

    Args:
        pool: the work pool, made where there is none.
        queue: the queue in it of the machine on which the home lies; None where every worker of the pool sees the home.
        name: of the deployments; None for the home folder's.
        nation: the national night, and no province's.

    Raises:
        UserError: no server is named or answers, the home is served here already, the name is another home's, or the
            pool is of another kind.
    """
    settings = load_settings()
    server = os.environ.get("PREFECT_API_URL")
    if server is None:
        raise UserError("error.deploy.no-server")
    if is_served(settings):
        raise UserError("error.deploy.served", home=settings.home)
    require_server(server)
    prepare_engine(settings)
    name = name or settings.home.resolve().name
    asyncio.run(_deploy(settings, pool, queue, name, nation=nation))
    worker = f"prefect worker start --type {KIND} --pool '{pool}'" + (f" --work-queue '{queue}'" if queue else "")
    told = text("deploy.done", settings.language, name=name, pool=pool, at=f"{settings.night_at:%H:%M}", worker=worker)
    Console().print(told, soft_wrap=True)


async def _deploy(settings: Settings, pool: str, queue: str | None, name: str, *, nation: bool) -> None:
    from prefect.client.orchestration import get_client

    from flows.serving import deployments

    for flow in ("nightly", "nation"):
        await deployments.check_server(settings, name, "error.deploy.other-home", flow)
    async with get_client() as client:
        await _require_pool(client, pool)
    place = deployments.Place(pool, queue)
    whose = deployments.national_deployments if nation else deployments.deployments
    wanted = whose(settings, name, place)
    for one in wanted:
        await one.aapply()
    await deployments.remove_others(name, {one.flow_name or "" for one in wanted})


async def _require_pool(client: PrefectClient, pool: str) -> None:
    """The pool, made where there is none.

    Raises:
        UserError: it is there, for workers of another kind.
    """
    from prefect.client.schemas.actions import WorkPoolCreate
    from prefect.exceptions import ObjectAlreadyExists
    from prefect.workers.process import ProcessWorker

    template = ProcessWorker.get_default_base_job_template()
    try:
        await client.create_work_pool(WorkPoolCreate(name=pool, type=KIND, base_job_template=template))
    except ObjectAlreadyExists:
        kind = (await client.read_work_pool(pool)).type
        if kind != KIND:
            raise UserError("error.deploy.other-kind", pool=pool, kind=kind) from None

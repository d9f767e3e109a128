"""Many readers and senders at once, each with a time to think between pages as people have."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from time import perf_counter

import httpx

from benchmarks.portal.home import PASSWORD

THINKING = 1.0  # seconds between a reader's pages, on average


@dataclass
class Seen:
    """What came of it: seconds and bytes of each page, seconds of each upload, and what failed."""

    pages: list[float] = field(default_factory=list)
    sizes: dict[str, int] = field(default_factory=dict)
    uploads: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


async def crowd(
    address: str, paths: Sequence[str], readers: int, senders: int, upload: bytes, seconds: float, seed: int
) -> Seen:
    """Readers open the paths in an order of their own, senders have a file looked through, for some seconds."""
    seen = Seen()
    limits = httpx.Limits(max_connections=readers + senders)
    async with httpx.AsyncClient(base_url=address, timeout=60, limits=limits) as plain:
        cookies = await _sign_in(plain, "ban") if senders else {}
        sender = await _sign_in(plain, "sadec") if senders else {}
        until = perf_counter() + seconds
        tasks = [_read(plain, cookies, paths, until, seen, random.Random(seed + n)) for n in range(readers)]
        tasks += [_send(address, sender, upload, until, seen) for _ in range(senders)]
        await asyncio.gather(*tasks)
    return seen


async def _sign_in(client: httpx.AsyncClient, name: str) -> dict[str, str]:
    page = await client.get("/sign-in")
    token = re.search(r'name="token" value="([^"]+)"', page.text)
    assert token
    form = {"token": token[1], "to": "/", "name": name, "password": PASSWORD}
    answer = await client.post("/sign-in", data=form, headers={"origin": str(client.base_url).rstrip("/")})
    assert answer.status_code == 303, answer.text
    cookies = dict(answer.cookies)
    client.cookies.clear()
    return cookies


async def _read(
    client: httpx.AsyncClient,
    cookies: dict[str, str],
    paths: Sequence[str],
    until: float,
    seen: Seen,
    own: random.Random,
) -> None:
    header = {"cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
    while perf_counter() < until:
        path = own.choice(paths)
        began = perf_counter()
        try:
            answer = await client.get(path, headers=header)
        except httpx.HTTPError as error:
            seen.errors.append(f"{path}: {type(error).__name__}")
            continue
        seen.pages.append(perf_counter() - began)
        seen.sizes[path] = len(answer.content)
        if answer.status_code != 200:
            seen.errors.append(f"{path}: {answer.status_code}")
        await asyncio.sleep(own.expovariate(1 / THINKING))


async def _send(address: str, cookies: dict[str, str], upload: bytes, until: float, seen: Seen) -> None:
    async with httpx.AsyncClient(base_url=address, timeout=60, cookies=cookies) as client:
        while perf_counter() < until:
            page = await client.get("/counter")
            token = re.search(r'name="token" value="([^"]+)"', page.text)
            began = perf_counter()
            answer = await client.post(
                "/counter/check",
                data={"token": token[1] if token else ""},
                files={"file": ("T12.xlsx", upload)},
                headers={"origin": address},
            )
            seen.uploads.append(perf_counter() - began)
            if answer.status_code != 200:
                seen.errors.append(f"upload: {answer.status_code}")
            await asyncio.sleep(THINKING)

"""Figures of a province's cells by known laws, all months at once; every identity of the forms holds in them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int32]

MEMBERS = 22.0  # a cell's: 5.6 million in 250,000
# A month's chances, per member.
GAINS = {"admitted": 2.5e-3, "restored": 1e-5, "transferred_in": 1.5e-3}
LOSSES = {"transferred_out": 1.5e-3, "died": 8e-4, "expelled": 2e-5, "struck_off": 5e-5}
REQUESTS = 4e-4
AWAY, STARTS, RETURNS = 0.07, 3.5e-3, 0.05  # share away at first; per member, and per member away


def months_of_cells(cells: int, months: int, rng: np.random.Generator) -> dict[str, Counts]:
    """The monthly measures, each (months, cells)."""
    tables: dict[str, list[Counts]] = {}
    members = np.maximum(1, rng.poisson(rng.gamma(4, MEMBERS / 4, cells))).astype(np.int32)
    away = rng.binomial(members, AWAY).astype(np.int32)
    pending = rng.poisson(REQUESTS * members).astype(np.int32)
    for _ in range(months):
        requests = _requests(members, pending, rng)
        balance = _balance(members, requests["approved"], rng)
        places = _away(balance["members_closing"], away, rng)
        for name, counts in {**balance, **places, **requests}.items():
            tables.setdefault(name, []).append(counts)
        members, away, pending = balance["members_closing"], places["away_total"], requests["pending_closing"]
    return {name: np.stack(rows).astype(np.int32) for name, rows in tables.items()}


def _balance(members: Counts, approved: Counts, rng: np.random.Generator) -> dict[str, Counts]:
    flows = {name: rng.poisson(chance * members).astype(np.int32) for name, chance in GAINS.items()}
    left = members - approved
    losses = {}
    for name, chance in LOSSES.items():
        losses[name] = np.minimum(rng.poisson(chance * members), left).astype(np.int32)
        left = left - losses[name]
    return {
        "members_opening": members,
        **flows,
        **losses,
        "left_on_request": approved,
        "members_closing": (left + sum(flows.values())).astype(np.int32),
    }


def _requests(members: Counts, pending: Counts, rng: np.random.Generator) -> dict[str, Counts]:
    received = np.minimum(rng.poisson(REQUESTS * members), np.maximum(members - pending, 0)).astype(np.int32)
    approved = rng.binomial(pending, 0.6)
    declined = rng.binomial(pending - approved, 0.15)
    withdrawn = rng.binomial(pending - approved - declined, 0.15)
    reasons = rng.multinomial(received, (0.6, 0.2, 0.1, 0.1))
    return {
        "pending_opening": pending,
        "received": received,
        "withdrawn": withdrawn,
        "declined": declined,
        "approved": approved,
        "pending_closing": pending + received - withdrawn - declined - approved,
        "received_from_away": rng.binomial(received, 0.6),
        **{f"reason_{name}": reasons[:, at] for at, name in enumerate(("work_away", "family", "health", "other"))},
    }


def _away(members: Counts, before: Counts, rng: np.random.Generator) -> dict[str, Counts]:
    returned = rng.binomial(before, RETURNS)
    returned = returned + np.maximum(before - returned - members, 0)  # a cell that shrank has no more away than members
    started = np.minimum(rng.poisson(STARTS * members), members - before + returned)
    total = before + started - returned
    places = rng.multinomial(total, (0.3, 0.62, 0.08))
    in_enterprise = rng.binomial(total, 0.4)
    out_of_contact = rng.binomial(total, 0.14)
    activity = rng.binomial(total, 0.3)
    return {
        "away_total": total,
        "away_in_province": places[:, 0],
        "away_other_province": places[:, 1],
        "away_abroad": places[:, 2],
        "away_started": started,
        "away_returned": returned,
        "away_temporary_activity": activity,
        "away_exempt": rng.binomial(total - activity, 0.1),
        "away_in_contact": total - out_of_contact,
        "away_out_of_contact": out_of_contact,
        "away_in_enterprise": in_enterprise,
        "away_in_private_enterprise": rng.binomial(in_enterprise, 0.7),
    }


def halves_of_cells(cells: int, halves: int, rng: np.random.Generator) -> dict[str, Counts]:
    """The measures of Regulation 213, each (halves, cells); the steps of a half-year are parts of one another."""
    subject = rng.poisson(rng.gamma(3, 4, cells), (halves, cells))
    exempt = rng.binomial(subject, 0.1)
    introduced = rng.binomial(subject - exempt, 0.95)
    registered = rng.binomial(introduced, 0.95)
    attended = rng.binomial(registered, 0.9)
    steps = {
        "r213_subject": subject,
        "r213_exempt": exempt,
        "r213_introduced": introduced,
        "r213_registered": registered,
        "r213_attended": attended,
        "r213_remarked": rng.binomial(attended, 0.95),
    }
    return {name: counts.astype(np.int32) for name, counts in steps.items()}

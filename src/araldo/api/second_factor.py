"""The signed-in user's second factor: an authenticator app and recovery codes."""

from __future__ import annotations

from typing import Annotated

import segno
from pydantic import BaseModel, Field

from araldo.api.auth import SignedInDep
from araldo.api.dependencies import DependenciesDep
from araldo.api.fields import CleanText, Instant
from araldo.api.problems import RESPONSES
from araldo.api.requests import RequestModel
from araldo.api.routing import ResourceRouter
from araldo.api.session import LIMITED

router = ResourceRouter(prefix="/api/v1/session", tags=["session"], responses=RESPONSES)


class SecondFactorRead(BaseModel):
    """`enabled_at`: null while signing in needs no code."""

    enabled_at: Instant | None
    recovery_codes_left: int


class SecondFactorBegin(RequestModel):
    """`password`: as for a new API key."""

    password: Annotated[CleanText, Field(max_length=1_000)] | None = None


class SecondFactorSecret(BaseModel):
    """The secret is in this answer only. `qr_code`: `uri` as an SVG in a data URL."""

    secret: str
    uri: str
    qr_code: str


class SecondFactorCode(RequestModel):
    code: Annotated[CleanText, Field(max_length=40)]


class RecoveryCodes(BaseModel):
    """The codes are in this answer only; each replaces a code of the app once."""

    recovery_codes: list[str]


@router.get("/totp", operation_id="get_second_factor")
async def get_second_factor(deps: DependenciesDep, signed_in: SignedInDep) -> SecondFactorRead:
    found = await deps.sign_in.second_factor.status(signed_in.session.user.id)
    return SecondFactorRead(enabled_at=found.enabled_at, recovery_codes_left=found.recovery_codes_left)


@router.post("/totp", operation_id="begin_second_factor", responses=LIMITED)
async def begin_second_factor(
    body: SecondFactorBegin, deps: DependenciesDep, signed_in: SignedInDep
) -> SecondFactorSecret:
    """Create a secret for the app. It has no effect until a code confirms it."""
    await deps.sign_in.require_proof(signed_in.session, body.password)
    made = await deps.sign_in.second_factor.begin(signed_in.session)
    qr_code = segno.make(made.uri, micro=False).svg_data_uri(scale=4, border=4, light="#fff")
    return SecondFactorSecret(secret=made.secret, uri=made.uri, qr_code=qr_code)


@router.post("/totp/confirm", operation_id="confirm_second_factor", responses=LIMITED)
async def confirm_second_factor(body: SecondFactorCode, deps: DependenciesDep, signed_in: SignedInDep) -> RecoveryCodes:
    """Enable the second factor with a code of the app. The user's other sessions end."""
    return RecoveryCodes(recovery_codes=await deps.sign_in.second_factor.confirm(signed_in.session, body.code))


@router.post("/totp/disable", operation_id="disable_second_factor", status_code=204, responses=LIMITED)
async def disable_second_factor(body: SecondFactorCode, deps: DependenciesDep, signed_in: SignedInDep) -> None:
    """Disable the second factor with a code of the app or a recovery code."""
    await deps.sign_in.second_factor.disable(signed_in.session, body.code)

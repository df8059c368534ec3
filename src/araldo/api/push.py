"""The browsers that the signed-in person gets push notifications in, one workspace at a time."""

from __future__ import annotations

from typing import Annotated

from fastapi import Request, Response
from pydantic import BaseModel, Field

from araldo.api.auth import SignedInDep, SignedInUser
from araldo.api.dependencies import DependenciesDep
from araldo.api.fields import CleanText, Instant
from araldo.api.problems import RESPONSES, language_of
from araldo.api.requests import RequestModel
from araldo.api.routing import ResourceRouter
from araldo.messages import Language, message_of
from araldo.notify.push_models import PushDevice
from araldo.workflows.notifications.push_devices import NewSubscription
from araldo.workspaces.users import describe_user_agent

router = ResourceRouter(prefix="/api/v1/push", tags=["push"], responses=RESPONSES)


class PushKeyRead(BaseModel):
    """`public_key`: the `applicationServerKey` to subscribe with, in base64url."""

    public_key: str


class SubscriptionKeys(RequestModel):
    """In base64url: `p256dh`, the browser's public key, 65 bytes; `auth`, its secret, 16 bytes."""

    p256dh: Annotated[CleanText, Field(max_length=200)]
    auth: Annotated[CleanText, Field(max_length=100)]


class NewDevice(RequestModel):
    """What a browser's `PushSubscription` says of itself. `endpoint`: an https URL of its push service."""

    endpoint: Annotated[CleanText, Field(max_length=2_000)]
    keys: SubscriptionKeys


class DeviceRead(BaseModel):
    """`user_agent`: browser and system, as in `Firefox, Linux`; `current`: of this session.

    `error`: why the last message was not accepted, else null.
    """

    id: str
    user_agent: str
    current: bool
    error: str | None
    created_at: Instant
    last_sent_at: Instant | None


class DeviceList(BaseModel):
    data: list[DeviceRead]


class PushTestResult(BaseModel):
    """`error`: why the push service did not take it. `removed`: the browser takes no more, and the device is gone."""

    sent: bool
    error: str | None
    removed: bool


@router.get("/key", operation_id="get_push_key")
async def get_push_key(deps: DependenciesDep, signed_in: SignedInDep) -> PushKeyRead:
    """Return the public key of this installation."""
    return PushKeyRead(public_key=await deps.push_devices.read_public_key())


@router.get("/devices", operation_id="list_push_devices")
async def list_push_devices(request: Request, deps: DependenciesDep, signed_in: SignedInDep) -> DeviceList:
    """List the browsers in which the person gets the notifications of this workspace."""
    found = await deps.push_devices.list_all(signed_in.session)
    language = language_of(request)
    return DeviceList(data=[_read_model_of(device, agent, signed_in, language) for device, agent in found])


@router.post("/devices", operation_id="add_push_device", status_code=201)
async def add_push_device(
    body: NewDevice, request: Request, deps: DependenciesDep, signed_in: SignedInDep
) -> DeviceRead:
    """Send this workspace's notifications to this browser, until the session or the membership ends."""
    given = NewSubscription(body.endpoint, body.keys.p256dh, body.keys.auth)
    device = await deps.push_devices.add(signed_in.session, given)
    return _read_model_of(device, signed_in.session.user_agent, signed_in, language_of(request))


@router.delete("/devices/{device_id}", operation_id="remove_push_device", status_code=204)
async def remove_push_device(device_id: str, deps: DependenciesDep, signed_in: SignedInDep) -> Response:
    await deps.push_devices.remove(signed_in.session, device_id)
    return Response(status_code=204)


@router.post("/devices/{device_id}/test", operation_id="test_push_device")
async def test_push_device(
    device_id: str, request: Request, deps: DependenciesDep, signed_in: SignedInDep
) -> PushTestResult:
    """Send a notification now and return whether the push service took it."""
    result = await deps.push_devices.send_test(signed_in.session, device_id)
    error = None if result.error is None else result.error.to(language_of(request))
    return PushTestResult(sent=error is None, error=error, removed=result.is_gone)


def _read_model_of(device: PushDevice, user_agent: str, signed_in: SignedInUser, language: Language) -> DeviceRead:
    return DeviceRead(
        id=device.id,
        user_agent=describe_user_agent(user_agent),
        current=device.session_id == signed_in.session.id,
        error=None if device.error is None else message_of(device.error).to(language),
        created_at=device.created_at,
        last_sent_at=device.last_sent_at,
    )

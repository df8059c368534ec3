"""Webhooks, and the log of their deliveries."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Query, Request, Response
from pydantic import BaseModel, Field

from araldo.api.auth import CallerDep
from araldo.api.dependencies import DependenciesDep
from araldo.api.fields import CleanText, Instant
from araldo.api.problems import RESPONSES, language_of
from araldo.api.requests import RequestModel
from araldo.api.routing import ResourceRouter
from araldo.messages import Language, message_of
from araldo.notify import webhook_store
from araldo.notify.models import Webhook, WebhookChanges, WebhookDelivery, subscribed_types
from araldo.storage.database import Transaction
from araldo.unchanged import UNCHANGED

router = ResourceRouter(prefix="/api/v1/webhooks", tags=["webhooks"], responses=RESPONSES)

Url = Annotated[CleanText, Field(max_length=2_000)]
Events = Annotated[list[CleanText], Field(max_length=50)]
Note = Annotated[CleanText, Field(max_length=500)]
Secret = Annotated[CleanText, Field(max_length=200)]


class NewWebhook(RequestModel):
    """`events`: null for all types but successes, `["*"]` for all. `secret`: your own, `whsec_...`, if any."""

    url: Url
    events: Events | None = None
    note: Note = ""
    secret: Secret | None = None

    model_config = {
        "json_schema_extra": {
            "examples": [{"url": "https://example.com/araldo", "events": ["post.published", "post.failed"]}]
        }
    }


class WebhookChange(RequestModel):
    """Fields that are left out stay as they are."""

    url: Url | None = None
    events: Events | None = None
    active: bool | None = None
    note: Note | None = None


class WebhookSecret(RequestModel):
    secret: Secret | None = None


class WebhookRead(BaseModel):
    """`stopped`: why it was disabled, else null. `failing_since`: since when every delivery has failed, else null."""

    id: str
    url: str
    events: list[str]
    active: bool
    note: str
    failing_since: Instant | None
    stopped: str | None
    old_secret_until: Instant | None
    created_at: Instant
    updated_at: Instant


class WebhookMade(WebhookRead):
    """`secret` is in this answer only."""

    secret: str


class WebhookList(BaseModel):
    data: list[WebhookRead]


class AttemptRead(BaseModel):
    """`status`: null when there was no response; `answer`: the beginning of its body."""

    at: Instant
    status: int | None
    seconds: float
    error: str | None
    answer: str


class WebhookDeliveryRead(BaseModel):
    """`id` is the `webhook-id` of every attempt. `state`: pending, delivered or failed."""

    id: str
    type: str
    state: str
    attempts: int
    next_at: Instant | None
    status_code: int | None
    error: str | None
    payload: str
    log: list[AttemptRead]
    created_at: Instant
    delivered_at: Instant | None


class WebhookDeliveryList(BaseModel):
    data: list[WebhookDeliveryRead]
    next_cursor: str | None
    has_more: bool


@router.post("", operation_id="create_webhook", status_code=201)
async def create_webhook(body: NewWebhook, request: Request, deps: DependenciesDep, caller: CallerDep) -> WebhookMade:
    made, secret = await deps.webhooks.create(
        caller.workspace, body.url, events=body.events, note=body.note, secret=body.secret
    )
    return WebhookMade(**_values(made, language_of(request)), secret=secret)


@router.get("", operation_id="list_webhooks")
async def list_webhooks(request: Request, deps: DependenciesDep, caller: CallerDep) -> WebhookList:
    found = await deps.database.read(
        lambda transaction: webhook_store.list_for_workspace(transaction, caller.workspace.id)
    )
    return WebhookList(data=[_read_model_of(hook, language_of(request)) for hook in found])


@router.get("/{webhook_id}", operation_id="get_webhook")
async def get_webhook(webhook_id: str, request: Request, deps: DependenciesDep, caller: CallerDep) -> WebhookRead:
    found = await deps.database.read(
        lambda transaction: webhook_store.get(transaction, caller.workspace.id, webhook_id)
    )
    return _read_model_of(found, language_of(request))


@router.patch("/{webhook_id}", operation_id="change_webhook")
async def change_webhook(
    webhook_id: str, body: WebhookChange, request: Request, deps: DependenciesDep, caller: CallerDep
) -> WebhookRead:
    """Change a webhook. `events: null` restores the default types; `active: true` enables a disabled webhook."""
    events = body.events if "events" in body.model_fields_set else UNCHANGED
    changes = WebhookChanges(url=body.url, events=events, active=body.active, note=body.note)
    return _read_model_of(await deps.webhooks.change(caller.workspace, webhook_id, changes), language_of(request))


@router.delete("/{webhook_id}", operation_id="delete_webhook", status_code=204)
async def delete_webhook(webhook_id: str, deps: DependenciesDep, caller: CallerDep) -> Response:
    """Delete a webhook and its log."""
    await deps.webhooks.delete(caller.workspace, webhook_id)
    return Response(status_code=204)


@router.post("/{webhook_id}/rotate-secret", operation_id="rotate_webhook_secret")
async def rotate_webhook_secret(
    webhook_id: str, request: Request, deps: DependenciesDep, caller: CallerDep, body: WebhookSecret | None = None
) -> WebhookMade:
    """Replace the secret. For 24 hours the old and the new one both sign, so that no delivery is refused."""
    changed, secret = await deps.webhooks.rotate_secret(
        caller.workspace, webhook_id, None if body is None else body.secret
    )
    return WebhookMade(**_values(changed, language_of(request)), secret=secret)


@router.post("/{webhook_id}/test", operation_id="test_webhook")
async def test_webhook(
    webhook_id: str, request: Request, deps: DependenciesDep, caller: CallerDep
) -> WebhookDeliveryRead:
    """Send a `test` event now and return the result."""
    return _delivery_read_of(await deps.webhooks.send_test(caller.workspace, webhook_id), language_of(request))


@router.get("/{webhook_id}/deliveries", operation_id="list_webhook_deliveries")
async def list_webhook_deliveries(
    webhook_id: str,
    request: Request,
    deps: DependenciesDep,
    caller: CallerDep,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    cursor: Annotated[str | None, Query(max_length=400)] = None,
    state: Literal["pending", "delivered", "failed"] | None = None,
) -> WebhookDeliveryList:
    """List the deliveries of the last 30 days, newest first."""

    def in_transaction(transaction: Transaction) -> tuple[list[WebhookDelivery], str | None]:
        hook = webhook_store.get(transaction, caller.workspace.id, webhook_id)
        rows, following = webhook_store.list_deliveries(transaction, hook, limit=limit, cursor=cursor, state=state)
        return rows, following

    rows, following = await deps.database.read(in_transaction)
    language = language_of(request)
    data = [_delivery_read_of(row, language) for row in rows]
    return WebhookDeliveryList(data=data, next_cursor=following, has_more=following is not None)


@router.post(
    "/{webhook_id}/deliveries/{delivery_id}/redeliver", operation_id="redeliver_webhook_delivery", status_code=202
)
async def redeliver_webhook_delivery(
    webhook_id: str, delivery_id: str, request: Request, deps: DependenciesDep, caller: CallerDep
) -> WebhookDeliveryRead:
    """Send a delivery again, whatever its result, under the same `webhook-id`."""
    again = await deps.webhooks.send_again(caller.workspace, webhook_id, delivery_id)
    return _delivery_read_of(again, language_of(request))


def _read_model_of(hook: Webhook, language: Language) -> WebhookRead:
    return WebhookRead(**_values(hook, language))


def _values(hook: Webhook, language: Language) -> dict[str, Any]:
    return {
        "id": hook.id,
        "url": hook.url,
        "events": subscribed_types(hook.events),
        "active": hook.active,
        "note": hook.note,
        "failing_since": hook.failing_since,
        "stopped": None if hook.stopped is None else message_of(hook.stopped).to(language),
        "old_secret_until": hook.old_secret_until,
        "created_at": hook.created_at,
        "updated_at": hook.updated_at,
    }


def _delivery_read_of(row: WebhookDelivery, language: Language) -> WebhookDeliveryRead:
    return WebhookDeliveryRead(
        id=row.id,
        type=row.type,
        state=row.state,
        attempts=row.attempts,
        next_at=row.next_at,
        status_code=row.status_code,
        error=None if row.error is None else message_of(row.error).to(language),
        payload=row.body,
        log=[
            AttemptRead.model_validate(
                line | {"error": None if line["error"] is None else message_of(line["error"]).to(language)}
            )
            for line in row.log
        ],
        created_at=row.created_at,
        delivered_at=row.delivered_at,
    )

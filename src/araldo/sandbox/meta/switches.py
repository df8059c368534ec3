"""Settings for tests: delays, quotas, and switches for behaviour that Meta does not document."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class Switches(BaseModel):
    """Meta's settings; in seconds where a name ends in `_s`. docs/sandbox.md explains each one."""

    model_config = ConfigDict(extra="forbid", validate_assignment=True)

    container_delay_s: float = Field(default=1.5, ge=0, le=1e9, description="how long a container is IN_PROGRESS")

    quota_total: int = Field(default=50, ge=0, description="Instagram posts per 24 h; Meta says 50 here and 100 there")
    container_limit: int = Field(default=400, ge=0, description="Instagram containers per 24 h")
    stories_count_toward_quota: bool = True

    status_190: Literal[400, 401] = 401
    status_throttle: Literal[400, 403] = 400
    errors_in_200: bool = Field(default=False, description="every Graph error comes with HTTP 200")
    user_message_locale: str = Field(
        default="en_US", description="language of error_user_*, where a call names no locale"
    )

    republish: Literal["error", "return_same_id", "not_ready"] = "error"
    not_ready_after_finished: int = Field(
        default=0, ge=0, description="how often a FINISHED container still answers 9007"
    )
    container_life_s: float = Field(
        default=86_400.0, gt=0, le=1e9, description="when a container that was not published expires"
    )
    list_lag_s: float = Field(
        default=0.0, ge=0, le=1e9, description="how long lists do not show what was just published"
    )
    status_lag_s: float = Field(
        default=0.0, ge=0, le=1e9, description="how long a published container still says FINISHED"
    )
    image_errors: Literal["create", "container"] = "create"
    accept_png: bool = False
    accept_3_4: bool = False
    story_caption: Literal["ignore", "reject"] = "ignore"
    drop_carousel_child: bool = Field(default=False, description="a carousel loses its last child, without an error")

    story_media_id_is_photo_id: bool = True
    page_story_id_filled: bool = True
    story_archive: bool = True
    schedule_max_days: int = Field(default=30, ge=1, description="Meta's guide says 30 days, its reference 75")

    redirect_fragment: bool = Field(default=False, description="the dialog's way back ends in #_=_")
    omit_expires_in: bool = False
    require_appsecret_proof: bool = False
    accounts_empty: bool = Field(
        default=False, description="/me/accounts is empty; pages show up under /me/businesses only"
    )
    npe_quirk: bool = Field(default=False, description="a Page token reading a container gets 100/33")

    app_usage: dict[str, Any] | None = Field(default=None, description="sent as X-App-Usage")
    page_usage: dict[str, Any] | None = Field(default=None, description="sent as X-Page-Usage")
    business_usage: dict[str, Any] | None = Field(default=None, description="sent as X-Business-Use-Case-Usage")

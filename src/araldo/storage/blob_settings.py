"""The settings of the blob store."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field, model_validator

from araldo.setting_fields import Secret, Text


class BlobSettings(BaseModel):
    """Without `url` blobs are files of the data folder."""

    url: Text = Field(
        None,
        pattern=r"^s3://[^/?#@:]+(/[^?#]*)?$",
        description="Bucket for pictures, s3://bucket/prefix; default: the data folder",
    )
    endpoint: Text = Field(
        None,
        pattern=r"^https?://[^/?#@]+/?$",
        description="Base of a store that is not Amazon's, e.g. https://s3.example",
    )
    region: str = Field("us-east-1", description="The bucket's region; most other stores take any")
    access_key_id: Text = Field(None, description="Access key; default: AWS_ACCESS_KEY_ID or the machine's role")
    secret_access_key: Secret = Field(None, description="Secret of the access key")
    addressing: Literal["path", "virtual-host"] = Field(
        "path", description="Whether the bucket is part of the path or of the host name"
    )
    timeout_s: float = Field(30, gt=0, description="Longest time for one call to the store, in seconds")

    @model_validator(mode="after")
    def _has_both_halves_of_the_key(self) -> BlobSettings:
        if (self.access_key_id is None) != (self.secret_access_key is None):
            raise ValueError("ACCESS_KEY_ID and SECRET_ACCESS_KEY belong together: set both or neither")
        return self

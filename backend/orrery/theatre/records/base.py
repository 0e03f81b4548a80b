"""What all records share."""

from typing import Literal

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(Model):
    """A text for people, in both languages of the page."""
    ko: str
    en: str


ProtocolName = Literal["api", "watch", "etcd", "raft", "cri", "cni", "image", "traffic", "probe", "tcp"]

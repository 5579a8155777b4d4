"""What went wrong, as programs read it: RFC 9457."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel, Field
from starlette.responses import JSONResponse

MEDIA_TYPE = "application/problem+json"
TOO_LARGE = "the request is too large: TGFORWARD_WEB_MAX_BODY_KB says how large it may be"


class Fault(BaseModel):
    """One field of a request that is wrong."""

    where: str = Field(description="The field, such as `body.interval_second`.")
    what: str = Field(description="What is wrong with it.")


class Problem(BaseModel):
    """Why a request was not done."""

    type: str = Field(
        default="about:blank", description="Always `about:blank`: the status says what kind of problem it is."
    )
    title: str = Field(description="The status in words.")
    status: int = Field(description="The status of the answer.")
    detail: str = Field(description="One sentence: what is wrong, and what to do.")
    errors: list[Fault] | None = Field(default=None, description="The fields that are wrong, if that is what it is.")


def problem(
    status: int, detail: str, *, errors: Sequence[Fault] | None = None, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """The answer that says so."""
    found = Problem(title=title_of(status), status=status, detail=detail, errors=list(errors) if errors else None)
    content: dict[str, Any] = found.model_dump(exclude_none=True)
    return JSONResponse(content, status, media_type=MEDIA_TYPE, headers=dict(headers or {}))


def title_of(status: int) -> str:
    """The status in words."""
    return HTTPStatus(status).phrase

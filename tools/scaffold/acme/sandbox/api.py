"""Handle the calls of Acme's API: authenticate, log, inject faults, answer."""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response
from starlette.requests import ClientDisconnect

from araldo.sandbox.common.answers import Answer
from araldo.sandbox.common.faults import Fault, FaultQueue
from araldo.sandbox.common.request_bodies import RequestBody, UnreadableBody, read_body, read_query
from araldo.sandbox.common.runner import CallRunner, LoggedCall
from araldo.sandbox.common.store import LogEntry
from tools.scaffold.acme.sandbox.state import AcmeAccount, AcmePicture, AcmePost, AcmeState

_TEXT_MAX, _PICTURES_MAX = 1_000, 4


class AcmeApi:
    """Answers calls below `/acme/v1`."""

    def __init__(self, state: AcmeState, faults: FaultQueue) -> None:
        self._state = state
        self._runner = CallRunner[Answer](state.name, state.store, faults, _fail)

    async def handle(self, request: Request) -> Response:
        readable = True
        try:
            body = await read_body(request)
        except ClientDisconnect:
            return Response(status_code=400)
        except UnreadableBody:
            body, readable = read_query(request), False
        path = request.url.path

        async def execute(entry: LogEntry) -> Answer:
            account = self._state.find_account(request.headers.get("authorization", "").removeprefix("Bearer "))
            if account is None:
                return _refuse(401, "the access token is not valid")
            if not readable:
                return _refuse(400, "the body cannot be read")
            return self._answer(account, request.method, path.removeprefix("/acme/v1/"), body, entry)

        call = LoggedCall(request.method, path, path, body.redacted(frozenset()))
        return (await self._runner.run(call, execute)).to_response()

    def _answer(self, account: AcmeAccount, method: str, path: str, body: RequestBody, entry: LogEntry) -> Answer:
        match method, path.split("/"):
            case "GET", ["me"]:
                return Answer(200, {"id": account.id, "name": account.name})
            case "POST", ["pictures"]:
                return self._add_picture(account, body, entry)
            case "POST", ["posts"]:
                return self._add_post(account, body, entry)
            case "GET", ["posts"]:
                found = self._state.find_posts(account, body.text("reference"))
                return Answer(200, {"posts": [self._shown(post) for post in found]})
            case "GET", ["posts", name] if name in self._state.posts:
                return Answer(200, self._shown(self._state.posts[name]))
        return _refuse(404, "there is nothing here")

    def _add_picture(self, account: AcmeAccount, body: RequestBody, entry: LogEntry) -> Answer:
        file = body.files.get("file")
        if file is None or file.content_type not in {"image/jpeg", "image/png"}:
            return _refuse(422, "file must be a JPEG or a PNG")
        picture = AcmePicture(self._state.new_id(), account.id, file.content_type, body.text("alt"))
        self._state.disk.put_picture(f"acme_{picture.id}", file.data)
        self._state.pictures.save(picture)
        entry.made.append({"kind": "picture", "id": picture.id})
        return Answer(200, {"id": picture.id})

    def _add_post(self, account: AcmeAccount, body: RequestBody, entry: LogEntry) -> Answer:
        text, reference, asked = body.text("text"), body.text("reference"), body.get("pictures") or []
        pictures = [str(name) for name in asked] if isinstance(asked, list) else []
        if reference and self._state.find_posts(account, reference):
            return _refuse(409, "the reference was used before")
        if not (text or pictures) or len(text) > _TEXT_MAX or len(pictures) > _PICTURES_MAX:
            return _refuse(422, "a post needs a text or pictures, within the limits")
        if any(name not in self._state.pictures for name in pictures):
            return _refuse(422, "a picture does not exist")
        post = AcmePost(self._state.new_id(), account.id, self._state.now(), text, reference, pictures)
        self._state.posts.save(post)
        entry.made.append({"kind": "post", "id": post.id})
        return Answer(200, self._shown(post), visible=True)

    def _shown(self, post: AcmePost) -> dict[str, Any]:
        url = f"{self._state.public_url}/acme/posts/{post.id}"
        return {"id": post.id, "url": url, "text": post.text, "pictures": post.pictures, "reference": post.reference}


def _refuse(status: int, message: str) -> Answer:
    return Answer(status, {"error": message}, error_code=status)


def _fail(fault: Fault) -> Answer:
    return Answer(0, None, fault=fault)

"""API requests of a signed-in user: session cookie and CSRF token."""

from __future__ import annotations

from dataclasses import dataclass
from http.cookies import SimpleCookie

from araldo.workspaces import store as workspace_store
from araldo.workspaces import user_store
from araldo.workspaces.keys import hash_secret
from araldo.workspaces.roles import Role
from tests.support.database import open_beside
from tests.support.leaks import LEAK_DETECTOR
from tests.support.running_system import Reply, RunningSystem, ask


@dataclass
class Person:
    url: str
    token: str
    csrf: str

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> Reply:
        """Send a request with the studio's headers; a header set to "" is left out."""
        extra = {name.replace("_", "-").lower(): value for name, value in headers.items()}
        sent = {"cookie": f"araldo_session={self.token}", "x-csrf-token": self.csrf} | extra
        reply = ask(method, self.url + path, body, {name: value for name, value in sent.items() if value})
        shows_a_key = method == "POST" and path.endswith(("/api/v1/keys", "/api/v1/invitations", "/approval/links"))
        shows_csrf = path in {"/api/v1/session", "/api/v1/join"}
        LEAK_DETECTOR.scan(
            f"the answer of {method} {path}", reply.raw, keys=not shows_a_key, others=False, csrf=not shows_csrf
        )
        return reply


def cookie_of(reply: Reply) -> SimpleCookie:
    return SimpleCookie(reply.headers["set-cookie"])


def create_sign_in_link(home: RunningSystem, name: str = "owner", *, new: bool = False, role: Role = Role.OWNER) -> str:
    """Create a one-time link outside of the server and return its token; `new`: create the user too, with the role."""
    with open_beside(home.settings.database_url) as transaction:
        now = transaction.now
        if new:
            found = workspace_store.find_key(transaction, hash_secret(home.key), now)
            assert found is not None
            made = user_store.create(transaction, name, "en", now)
            user_store.add_member(transaction, made.id, found.caller.workspace.id, now, role=role)
        user = user_store.get_by_name(transaction, name)
        return user_store.create_link(transaction, user.id, now)


def person_of(reply: Reply, url: str) -> Person:
    assert reply.status == 200, reply.raw
    return Person(url, cookie_of(reply)["araldo_session"].value, reply.body["csrf_token"])


def signed_in(home: RunningSystem, name: str = "owner", *, new: bool = False, role: Role = Role.OWNER) -> Person:
    link = create_sign_in_link(home, name, new=new, role=role)
    return person_of(ask("POST", f"{home.url}/api/v1/session", {"link": link}), home.url)

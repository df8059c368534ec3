"""Many rows are imported in slices, and an import that breaks off goes on where it was."""

from __future__ import annotations

import http.client
from collections import Counter
from urllib.parse import urlsplit

from tests.api.approvals import approval, editor_of, owner_of
from tests.api.test_imports import NO_PICTURES, posts_of, problems_of, table
from tests.images.pictures import encode_picture, quarters
from tests.support.running_system import RunningSystem
from tests.support.sse import Stream

ROWS = [[f"Post {index}", "facebook"] for index in range(60)]
KEY = {"Idempotency_Key": "k"}
SCHEDULED = f"?{NO_PICTURES}&intent=schedule"


def read_first_rows(home: RunningSystem, data: bytes, count: int) -> None:
    """Begin an import, read so many of its rows, and go away."""
    edge = "araldo-edge"
    head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="posts"\r\n\r\n'
    connection = http.client.HTTPConnection(urlsplit(home.url).netloc, timeout=30)
    headers = {
        "Authorization": f"Bearer {home.key}",
        "Content-Type": f"multipart/form-data; boundary={edge}",
        "Accept": "text/event-stream",
        "Idempotency-Key": "k",
    }
    body = head.encode() + data + f"\r\n--{edge}--\r\n".encode()
    connection.request("POST", f"/api/v1/posts/import?{NO_PICTURES}", body, headers)
    stream = Stream(connection.getresponse())
    for _ in range(count):
        message = stream.next()
        assert message is not None
        assert message.event == "row"
    stream.answer.close()
    connection.close()


def test_a_client_that_goes_away_and_repeats_makes_no_row_twice(either: RunningSystem) -> None:
    data = table(*ROWS)
    read_first_rows(either, data, 3)
    again = either.import_posts(data, f"?{NO_PICTURES}", **KEY).body
    assert again["imported"] + again["already_imported"] == len(ROWS)
    assert again["already_imported"] >= 3
    assert Counter(post["content"] for post in posts_of(either)) == {text: 1 for text, _ in ROWS}


def test_a_row_with_a_problem_undoes_no_other_of_its_slice(either: RunningSystem) -> None:
    rows = [*ROWS[:3], ["", "facebook"], *ROWS[3:6]]
    answer = either.import_posts(table(*rows), f"?{NO_PICTURES}", **KEY).body
    assert (answer["imported"], problems_of(answer)) == (6, [(5, "Testo", "empty")])
    corrected = [*ROWS[:3], ["Corretto", "facebook"], *ROWS[3:6]]
    assert either.import_posts(table(*corrected), f"?{NO_PICTURES}", **KEY).body["imported"] == 1
    assert len(posts_of(either)) == 7


def test_rows_with_pictures_stand_among_others_in_the_order_of_the_file(home: RunningSystem) -> None:
    home.upload(encode_picture(quarters((900, 900)), "JPEG"), "faro.jpg")
    pictured = ["Con foto", "facebook", "", "", "faro.jpg"]
    answer = home.import_posts(table(*ROWS[:2], pictured, pictured, *ROWS[2:4]), f"?{NO_PICTURES}", **KEY).body
    assert [row["status"] for row in answer["rows"]] == ["imported"] * 6
    assert [row["title"] for row in answer["rows"]] == ["Post 0", "Post 1", "Con foto", "Con foto", "Post 2", "Post 3"]
    assert sorted(bool(post["images"]) for post in posts_of(home)) == [False] * 4 + [True] * 2


def test_rows_of_somebody_who_may_not_approve_wait_for_approval(home: RunningSystem) -> None:
    owner_of(home)
    editor = editor_of(home)
    reply = editor.import_posts(table(["Pane fresco", "facebook", "2099-01-31", "10:00"]), SCHEDULED)
    assert reply.status == 200, reply.raw
    (row,) = reply.body["rows"]
    assert approval(editor, f"/api/v1/posts/{row['post_id']}")["state"] == "requested"

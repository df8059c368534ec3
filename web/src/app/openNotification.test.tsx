// Where a click on a push notification leads: the page, after the session is in the notification's workspace.
import { screen, waitFor } from "@testing-library/react";
import { expect, it } from "vitest";

import { session } from "@/testing/sample";
import { json, stubServer, type RecordedRequest } from "@/testing/server";
import { openStudio } from "@/testing/studio";

const workspaces = [
  { id: "ws_1", name: "Studio Demo" },
  { id: "ws_2", name: "Bottega" },
];

async function open(search: string): Promise<{ path: string; patched: RecordedRequest[] }> {
  const moved = session({ workspaces, workspace: { ...session().workspace, id: "ws_2", name: "Bottega" } });
  const requests = stubServer({
    "GET /api/v1/session": json(session({ workspaces })),
    "PATCH /api/v1/session": json(moved),
  });
  const { router } = await openStudio(`/open?${search}`);
  await waitFor(() => expect(router.state.location.pathname).not.toBe("/open"));
  return { path: router.state.location.href, patched: requests.filter(({ method }) => method === "PATCH") };
}

it("moves the session to the workspace, then opens the page", async () => {
  const { path, patched } = await open("workspace=ws_2&to=%2Faccounts");
  expect(path).toBe("/accounts");
  expect(patched.map(({ body }) => body)).toEqual([{ workspace_id: "ws_2" }]);
  expect(await screen.findByLabelText("Workspace")).toHaveValue("ws_2");
});

it.each([
  ["the present workspace", "workspace=ws_1&to=%2Fsettings", "/settings"],
  ["a workspace that is not the person's", "workspace=ws_9&to=%2Fsettings", "/settings"],
  ["another server", "workspace=ws_1&to=https%3A%2F%2Felsewhere.example%2F", "/"],
  ["another server without a scheme", "workspace=ws_1&to=%2F%2Felsewhere.example%2F", "/"],
  ["nothing", "", "/"],
])("moves nothing for %s", async (_name, search, expected) => {
  const { path, patched } = await open(search);
  expect([path, patched]).toEqual([expected, []]);
});

// The offer to use the browser's time zone. Tests run in Europe/Rome (vite.config.ts).
import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";

import { session } from "@/testing/sample";
import { json, stubServer } from "@/testing/server";
import { openStudio } from "@/testing/studio";

const inZone = (zone: string) => session({ workspace: { ...session().workspace, zone } });
const offer = () => screen.queryByRole("complementary", { name: "Time zone" });

async function open(zone: string) {
  let stored = zone;
  const requests = stubServer({
    "GET /api/v1/session": () => json(inZone(stored)),
    "PATCH /api/v1/workspaces/ws_1": async (request) => {
      stored = ((await request.clone().json()) as { zone: string }).zone;
      return json({ id: "ws_1", name: "Studio Demo", language: "it", zone: stored });
    },
  });
  await openStudio("/settings");
  await screen.findByRole("heading", { name: "Settings" });
  return requests;
}

describe("the offer of the browser's time zone", () => {
  it("is made where the workspace's clock is another one, and changes the workspace", async () => {
    const requests = await open("UTC");
    await userEvent.click(await screen.findByRole("button", { name: "Use Europe/Rome" }));
    await waitFor(() => expect(offer()).toBeNull());
    expect(requests.find(({ method }) => method === "PATCH")?.body).toEqual({ zone: "Europe/Rome" });
    expect(await screen.findByText(/^All times: Europe\/Rome/)).toBeVisible();
  });

  it("is made once", async () => {
    const requests = await open("America/New_York");
    await userEvent.click(await screen.findByRole("button", { name: "Keep America/New_York" }));
    expect(offer()).toBeNull();
    expect(requests.filter(({ method }) => method === "PATCH")).toEqual([]);
    expect(localStorage.getItem("araldo.zone-offer.ws_1")).not.toBeNull();
  });

  it.each(["Europe/Rome", "Europe/Berlin"])("is not made in %s, which has the same clock", async (zone) => {
    await open(zone);
    expect(offer()).toBeNull();
  });
});

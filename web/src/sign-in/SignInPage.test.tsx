// Signing in by a one-time link.
import { screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";

import { captureLinkToken } from "@/sign-in/link";
import { session } from "@/testing/sample";
import { json, stubServer } from "@/testing/server";
import { openStudio } from "@/testing/studio";

function arriveBy(token: string): void {
  captureLinkToken({ pathname: "/sign-in", search: "", hash: `#${token}` }, { replaceState: () => undefined });
}

describe("the one-time link", () => {
  it("signs in at once, with one request", async () => {
    arriveBy("once");
    const requests = stubServer({ "POST /api/v1/session": json(session()) });
    await openStudio("/sign-in");
    await screen.findByRole("heading", { name: "Home" });
    const sent = requests.filter(({ method }) => method === "POST");
    expect(sent.map(({ body }) => body)).toEqual([{ link: "once" }]);
  });

  it("that was used already shows what to do, and the form", async () => {
    arriveBy("twice");
    stubServer({ "POST /api/v1/session": json({ code: "not_allowed", detail: "This link was used." }, 401) });
    await openStudio("/sign-in");
    expect(await screen.findByRole("alert")).toHaveTextContent("This link was used.");
    expect(screen.getByText(/Get a new one/)).toBeVisible();
    expect(screen.getByLabelText(/^Name/)).toBeVisible();
  });
});

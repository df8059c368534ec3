// Signing in by the one-time link.
import { screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";

import { noticeLink } from "@/sign-in/link";
import { session } from "@/testing/sample";
import { json, serve } from "@/testing/server";
import { openStudio } from "@/testing/studio";

function arriveBy(token: string): void {
  noticeLink({ pathname: "/sign-in", search: "", hash: `#${token}` }, { replaceState: () => undefined });
}

describe("the one-time link", () => {
  it("signs in with no question, sent once", async () => {
    arriveBy("once");
    const asked = serve({ "POST /api/v1/session": json(session()) });
    await openStudio("/sign-in");
    await screen.findByRole("heading", { name: "Home" });
    const sent = asked.filter(({ method }) => method === "POST");
    expect(sent.map(({ body }) => body)).toEqual([{ link: "once" }]);
  });

  it("that was used already says what to do, and the form is there", async () => {
    arriveBy("twice");
    serve({ "POST /api/v1/session": json({ code: "not_allowed", detail: "This link was used." }, 401) });
    await openStudio("/sign-in");
    expect(await screen.findByRole("alert")).toHaveTextContent("This link was used.");
    expect(screen.getByText(/Ask for a new one/)).toBeVisible();
    expect(screen.getByLabelText(/^Name/)).toBeVisible();
  });
});

// The note for colleagues in the wizard's first step.
import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";

import type { Post } from "@/api/posts";
import { session } from "@/testing/sample";
import { account, PLATFORMS, post } from "@/testing/sample-posts";
import { json, stubServer } from "@/testing/server";
import { openStudio } from "@/testing/studio";

const LABEL = "Note for colleagues (never published)";

/** Open the editor of a draft. `elsewhere`: what somebody else changes while it is open. */
async function open(changes: Partial<Post>, elsewhere?: Partial<Post>) {
  let kept = post({ actions: ["edit"], states: ["draft"], ...changes });
  const requests = stubServer({
    "GET /api/v1/session": json(session()),
    "GET /api/v1/platforms": json({ data: PLATFORMS }),
    "GET /api/v1/accounts": json({ data: [account()] }),
    "GET /api/v1/posts/post_1": () => json(kept),
    "PATCH /api/v1/posts/post_1": () => {
      if (elsewhere && kept.rev === 3) {
        kept = { ...kept, ...elsewhere, rev: 4 };
        return json({ code: "changed_meanwhile", detail: "Changed meanwhile.", errors: [] }, 412);
      }
      kept = { ...kept, ...(requests.at(-1)?.body as Pick<Post, "note">), rev: kept.rev + 1 };
      return json(kept);
    },
  });
  await openStudio("/posts/post_1/edit");
  return () => requests.filter(({ method }) => method === "PATCH").map(({ body }) => body);
}

describe("the note", () => {
  it("is a button until somebody writes one, and is saved alone", async () => {
    const sent = await open({});
    await userEvent.click(await screen.findByRole("button", { name: "Add a note for colleagues" }));
    expect(screen.getByLabelText(LABEL)).toHaveFocus();
    await userEvent.paste("Chiedi ad Anna");
    await waitFor(() => expect(sent()).toEqual([{ note: "Chiedi ad Anna" }]), { timeout: 5_000 });
    await userEvent.clear(screen.getByLabelText(LABEL));
    expect(screen.getByLabelText(LABEL)).toHaveFocus();
    await waitFor(() => expect(sent().at(-1)).toEqual({ note: null }), { timeout: 5_000 });
  });

  it("is compared when two people change it", async () => {
    await open({ note: "Prima" }, { note: "Loro" });
    await userEvent.type(await screen.findByLabelText(LABEL), " mia");
    const compared = await screen.findByRole("region", { name: LABEL }, { timeout: 5_000 });
    expect(compared).toHaveTextContent("Prima mia");
    expect(compared).toHaveTextContent("Loro");
    await userEvent.click(screen.getByRole("button", { name: "Use the other version" }));
    expect(screen.getByLabelText(LABEL)).toHaveValue("Loro");
  });
});

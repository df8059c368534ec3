// The server's validation of a draft while it is typed.
import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";

import type { Post, PostFields } from "@/api/posts";
import { session } from "@/testing/sample";
import { account, platform, post, result } from "@/testing/sample-posts";
import { json, stubServer } from "@/testing/server";
import { openStudio } from "@/testing/studio";
import { reportedIssues } from "@/wizard/useIssues";

const SAID = "Choose a board for Facebook.";
const MISSING = { pointer: "/options/facebook/board", code: "option_missing", detail: SAID, platform: "facebook" };
const LONG = { pointer: "/content", code: "text_too_long", detail: "Facebook: too long.", platform: "facebook" };

/** Open the editor of a draft at a server whose validation answers as `validate` says. */
async function open(validate: (request: Request, body: PostFields) => Response | Promise<Response>) {
  let kept = post({ content: "Ciao", platforms: [result("facebook", "draft")], image_provider: "none", note: "Nota" });
  const requests = stubServer({
    "GET /api/v1/session": json(session()),
    "GET /api/v1/platforms": json({ data: [platform("facebook", "Facebook")] }),
    "GET /api/v1/accounts": json({ data: [account({ platforms: ["facebook"] })] }),
    "GET /api/v1/posts/post_1": () => json(kept),
    "PATCH /api/v1/posts/post_1": () => {
      kept = { ...kept, ...(requests.at(-1)?.body as Pick<Post, "content">), rev: kept.rev + 1 };
      return json(kept);
    },
    "POST /api/v1/posts/validate": async (request) => validate(request, (await request.clone().json()) as PostFields),
  });
  await openStudio("/posts/post_1/edit");
  const asked = () => requests.filter(({ path }) => path.endsWith("/validate")).map(({ body }) => body);
  return { asked, saved: () => kept };
}

const answer = (...problems: object[]) => json({ valid: problems.length === 0, problems, warnings: [], counts: [] });

describe("the validation of a draft", () => {
  it("shows beside the platform what is fixed elsewhere, and at the text what is wrong with it", async () => {
    const { asked } = await open((_, { content }) => (content === "Ciao" ? answer() : answer(MISSING, LONG)));
    await userEvent.click(await screen.findByLabelText("Text"));
    await userEvent.paste(" a tutti");
    const counters = screen.getByRole("list", { name: "Length on each platform" });
    await waitFor(() => expect(counters).toHaveTextContent(SAID), { timeout: 5_000 });
    expect(counters).not.toHaveTextContent(LONG.detail);
    expect(screen.getByLabelText("Text")).toHaveAccessibleDescription(LONG.detail);
    expect(asked().at(-1)).toEqual({
      content: "Ciao a tutti",
      platforms: ["facebook"],
      accounts: { facebook: ["acc_1"] },
      image_provider: "none",
      images: {},
    });
  });

  it("is asked once after several keys, and an answer that comes too late is discarded", async () => {
    const aborted: string[] = [];
    const { asked } = await open((request, { content }) => {
      if (content.endsWith("!")) return answer();
      return new Promise((_, reject) => {
        request.signal.addEventListener("abort", () => {
          aborted.push(content);
          reject(new DOMException("aborted", "AbortError"));
        });
      });
    });
    const text = await screen.findByLabelText("Text");
    await waitFor(() => expect(asked()).toHaveLength(1));
    await userEvent.type(text, " a!");
    await waitFor(() => expect(asked().at(-1)).toMatchObject({ content: "Ciao a!" }), { timeout: 5_000 });
    await waitFor(() => expect(aborted).toContain("Ciao"));
    expect(asked().length).toBeLessThan(4);
  });

  it("leaves typing, counting and saving alone when it fails", async () => {
    const { asked, saved } = await open(() => json({ code: "unavailable", detail: "Away.", errors: [] }, 503));
    await userEvent.click(await screen.findByLabelText("Text"));
    await userEvent.paste(" a tutti");
    await waitFor(() => expect(asked().at(-1)).toMatchObject({ content: "Ciao a tutti" }), { timeout: 5_000 });
    await waitFor(() => expect(saved().content).toBe("Ciao a tutti"), { timeout: 5_000 });
    expect(screen.getByRole("list", { name: "Length on each platform" })).toHaveTextContent("12");
    expect(screen.queryByText(/Away/)).toBeNull();
  });
});

describe("the issues that the server reports", () => {
  const entry = { ...MISSING, suggestions: [] };
  const late = { pointer: "/schedule_time", code: "past", detail: "Past.", platform: null, suggestions: [] };

  it("are the saved post's without a validation", () => {
    expect(reportedIssues(null, null)).toEqual([]);
    expect(reportedIssues({ problems: [entry, late], warnings: [] }, null).map(({ message }) => message)).toEqual([
      SAID,
      "Past.",
    ]);
  });

  it("are the validation's for the draft, and the saved post's for pictures and time", () => {
    const saved = { problems: [late, { ...entry, detail: "Old." }], warnings: [] };
    const issues = reportedIssues(saved, { problems: [{ ...late, detail: "New." }], warnings: [entry] });
    expect(issues.map(({ severity, message, platform: name }) => [severity, message, name])).toEqual([
      ["warning", SAID, "facebook"],
      ["error", "Past.", undefined],
    ]);
  });
});

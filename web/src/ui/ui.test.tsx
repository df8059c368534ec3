// The small shared components.
import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ReactNode } from "react";
import { beforeAll, describe, expect, it, vi } from "vitest";

import { Problem } from "@/api/problem";
import { sessionQuery } from "@/api/session";
import { makeQueryClient } from "@/app/queries";
import { initI18n, setLanguage } from "@/i18n/language";
import { session } from "@/testing/sample";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { SaveIndicator } from "@/ui/SaveIndicator";
import { PictureBadge, StatusBadge } from "@/ui/StatusBadge";

beforeAll(async () => {
  await initI18n();
  await setLanguage("en");
});

const show = (element: ReactNode) => {
  const client = makeQueryClient(() => undefined);
  client.setQueryData(sessionQuery.queryKey, session());
  return render(
    <MantineProvider>
      <QueryClientProvider client={client}>{element}</QueryClientProvider>
    </MantineProvider>,
  );
};

describe("StatusBadge", () => {
  it("shows a state as text, and an unknown state by its name", () => {
    show(
      <>
        <StatusBadge state="needs_reconnect" />
        <StatusBadge state="toString" />
        <PictureBadge state="stale" />
      </>,
    );
    expect(screen.getByText("Reconnect the account")).toBeVisible();
    expect(screen.getByText("toString")).toBeVisible();
    expect(screen.getByText("The text has changed")).toBeVisible();
  });
});

describe("SaveIndicator", () => {
  it("is announced only when it needs the writer, with the time in the workspace's zone", () => {
    show(
      <>
        <SaveIndicator state={{ kind: "nothing" }} />
        <SaveIndicator state={{ kind: "saved", at: new Date("2030-01-01T13:02:00Z") }} />
        <SaveIndicator state={{ kind: "conflict" }} />
      </>,
    );
    expect(screen.getByText("Saved at 2:02 PM")).toBeVisible();
    expect(screen.getAllByRole("status").map((one) => one.textContent)).toEqual([
      "Changed elsewhere: choose a version",
    ]);
  });
});

describe("ProblemAlert", () => {
  it.each([
    [new Problem({ status: 409, code: "conflict", detail: "Somebody was faster." }), "Somebody was faster."],
    [new Problem({ status: 0, code: "no_answer", detail: "" }), "The server did not answer"],
    [new Problem({ status: 502, code: "unexpected", detail: "" }), "status 502"],
    [new TypeError("x is undefined"), "The studio has a fault"],
  ])("shows %s", (error, words) => {
    show(<ProblemAlert error={error} />);
    expect(screen.getByRole("alert")).toHaveTextContent(words);
  });

  it("retries on request", async () => {
    const retry = vi.fn();
    show(<ProblemAlert error={new Error("no")} retry={retry} />);
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    expect(retry).toHaveBeenCalledOnce();
  });
});

// The small shared components.
import { MantineProvider } from "@mantine/core";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ReactNode } from "react";
import { beforeAll, describe, expect, it, vi } from "vitest";

import { Problem } from "@/api/problem";
import { begin, speak } from "@/i18n/language";
import { ErrorSummary } from "@/ui/ErrorSummary";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { SaveState } from "@/ui/SaveState";
import { PictureBadge, StatusBadge } from "@/ui/StatusBadge";

beforeAll(async () => {
  await begin();
  await speak("en");
});

const show = (what: ReactNode) => render(<MantineProvider>{what}</MantineProvider>);

describe("StatusBadge", () => {
  it("says a state in words, and an unknown one as it came", () => {
    show(
      <>
        <StatusBadge state="needs_reconnect" />
        <StatusBadge state="toString" />
        <PictureBadge state="stale" />
      </>,
    );
    expect(screen.getByText("Reconnect the account")).toBeVisible();
    expect(screen.getByText("toString")).toBeVisible();
    expect(screen.getByText("Text has changed")).toBeVisible();
  });
});

describe("SaveState", () => {
  it("is announced when it needs the writer, and quiet otherwise", () => {
    show(
      <>
        <SaveState state={{ kind: "nothing" }} />
        <SaveState state={{ kind: "saved", at: new Date(2030, 0, 1, 14, 2) }} />
        <SaveState state={{ kind: "conflict" }} />
      </>,
    );
    expect(screen.getByText(/Saved.*02/)).toBeVisible();
    expect(screen.getAllByRole("status").map((one) => one.textContent)).toEqual(["Changed elsewhere in the meantime"]);
  });
});

describe("ErrorSummary", () => {
  it("takes the focus, and leads to the field", async () => {
    show(
      <>
        <ErrorSummary
          complaints={[{ field: "cta", says: "The address is not one." }, { says: "Choose a platform." }]}
        />
        <input id="cta" aria-label="CTA" />
      </>,
    );
    expect(screen.getByRole("alert")).toHaveFocus();
    expect(screen.getByRole("alert")).toHaveTextContent("2 things to mend");
    await userEvent.click(screen.getByRole("link", { name: "The address is not one." }));
    expect(screen.getByLabelText("CTA")).toHaveFocus();
  });

  it("is not there when there is nothing to mend", () => {
    show(<ErrorSummary complaints={[]} />);
    expect(screen.queryByRole("alert")).toBeNull();
  });
});

describe("ProblemAlert", () => {
  it.each([
    [new Problem({ status: 409, code: "conflict", detail: "Somebody was faster." }), "Somebody was faster."],
    [new Problem({ status: 0, code: "no_answer", detail: "" }), "The server did not answer"],
    [new Problem({ status: 502, code: "unexpected", detail: "" }), "status 502"],
    [new TypeError("x is undefined"), "Something in the studio broke"],
  ])("says %s", (error, words) => {
    show(<ProblemAlert error={error} />);
    expect(screen.getByRole("alert")).toHaveTextContent(words);
  });

  it("tries again when asked", async () => {
    const retry = vi.fn();
    show(<ProblemAlert error={new Error("no")} retry={retry} />);
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    expect(retry).toHaveBeenCalledOnce();
  });
});

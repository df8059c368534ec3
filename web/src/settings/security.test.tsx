// Security: the second factor at sign-in and in the settings, and the password before a new key.
import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";

import { captureLinkToken } from "@/sign-in/link";
import { session } from "@/testing/sample";
import { json, stubServer, type RecordedRequest } from "@/testing/server";
import { openStudio } from "@/testing/studio";

const SESSION = "/api/v1/session";
const NOBODY = json({ code: "not_signed_in", detail: "Sign in." }, 401);
const CODE_NEEDED = json({ code: "totp_required", detail: "Enter the code." }, 401);
const CODE_WRONG = json({ code: "totp_wrong", detail: "This code is wrong." }, 401);
const GIULIA = { user: { id: "user_1", name: "Giulia", language: "en", has_password: true } } as const;

/** Return the answers in turn, the last one for every further request. */
function inTurn(...answers: Response[]): () => Response {
  return () => (answers.length > 1 ? (answers.shift() as Response) : (answers[0] as Response).clone());
}

function sent(requests: RecordedRequest[], path: string): unknown[] {
  return requests.filter((one) => one.method === "POST" && one.path === path).map(({ body }) => body);
}

describe("signing in with a second factor", () => {
  it("asks for the code after the password, and again after a wrong one", async () => {
    const requests = stubServer({
      [`GET ${SESSION}`]: NOBODY,
      [`POST ${SESSION}`]: inTurn(CODE_NEEDED.clone(), CODE_WRONG.clone(), json(session())),
    });
    await openStudio("/sign-in");
    await userEvent.type(await screen.findByLabelText(/^Name/), "Giulia");
    await userEvent.type(screen.getByLabelText(/^Password/), "battery staple");
    await userEvent.click(screen.getByRole("button", { name: "Sign in" }));
    const code = await screen.findByLabelText(/^Code/);
    expect(code).toHaveFocus();
    expect(screen.queryByRole("alert")).toBeNull();
    await userEvent.type(code, "000000{Enter}");
    expect(await screen.findByRole("alert")).toHaveTextContent("This code is wrong.");
    await userEvent.clear(screen.getByLabelText(/^Code/));
    await userEvent.type(screen.getByLabelText(/^Code/), "abcd-efgh{Enter}");
    await screen.findByRole("heading", { name: "Home" });
    const credential = { name: "Giulia", password: "battery staple" };
    expect(sent(requests, SESSION)).toEqual([
      credential,
      { ...credential, code: "000000" },
      { ...credential, code: "abcd-efgh" },
    ]);
  });

  it("asks for the code after a link as well", async () => {
    captureLinkToken({ pathname: "/sign-in", search: "", hash: "#once" }, { replaceState: () => undefined });
    const requests = stubServer({ [`POST ${SESSION}`]: inTurn(CODE_NEEDED.clone(), json(session())) });
    await openStudio("/sign-in");
    await userEvent.type(await screen.findByLabelText(/^Code/), "123456{Enter}");
    await screen.findByRole("heading", { name: "Home" });
    expect(sent(requests, SESSION)).toEqual([{ link: "once" }, { link: "once", code: "123456" }]);
  });

  it("keeps the code's form after too many attempts, and returns to the first form when the link has expired", async () => {
    captureLinkToken({ pathname: "/sign-in", search: "", hash: "#late" }, { replaceState: () => undefined });
    stubServer({
      [`POST ${SESSION}`]: inTurn(
        CODE_NEEDED.clone(),
        json({ code: "too_many", detail: "Wait 15 minutes." }, 429),
        json({ code: "link_invalid", detail: "This link took too long." }, 401),
      ),
    });
    await openStudio("/sign-in", "it");
    await userEvent.type(await screen.findByLabelText(/^Codice/), "1{Enter}");
    expect(await screen.findByRole("alert")).toHaveTextContent("Wait 15 minutes.");
    await userEvent.type(screen.getByLabelText(/^Codice/), "2{Enter}");
    await waitFor(() => expect(screen.getByRole("alert")).toHaveTextContent("This link took too long."));
    expect(screen.queryByLabelText(/^Codice/)).toBeNull();
    expect(screen.getByLabelText(/^Nome/)).toBeVisible();
  });
});

function settings(answers: Parameters<typeof stubServer>[0]): RecordedRequest[] {
  return stubServer({
    [`GET ${SESSION}`]: json(session(GIULIA)),
    "GET /api/v1/keys": json({ data: [] }),
    "GET /api/v1/sessions": json({ data: [] }),
    "GET /api/v1/push/devices": json({ data: [] }),
    "GET /api/v1/session/totp": json({ enabled_at: null, recovery_codes_left: 0 }),
    ...answers,
  });
}

const PASSWORD_NEEDED = json({ code: "password_needed", detail: "Enter your password again." }, 403);

describe("a new key", () => {
  it("asks for the password when the sign-in is old", async () => {
    const wrong = { pointer: "/password", code: "password_wrong", detail: "The current password is wrong." };
    const made = { id: "key_1", name: "Blog", prefix: "ara_abcdef", created_at: "2030-01-01T00:00:00Z", key: "ara_x" };
    const requests = settings({
      "POST /api/v1/keys": inTurn(
        PASSWORD_NEEDED.clone(),
        json({ code: "invalid", detail: "No.", errors: [wrong] }, 422),
        json({ ...made, last_used_at: null, expires_at: null, scopes: ["*"] }, 201),
      ),
    });
    await openStudio("/settings");
    await userEvent.type(await screen.findByLabelText(/^What the key is for/), "Blog{Enter}");
    const field = await screen.findByLabelText(/^Your password/);
    expect(screen.queryByRole("alert")).toBeNull();
    await userEvent.type(field, "wrong{Enter}");
    await screen.findByText("The current password is wrong.");
    await userEvent.clear(screen.getByLabelText(/^Your password/));
    await userEvent.type(screen.getByLabelText(/^Your password/), "right{Enter}");
    expect(await screen.findByLabelText("The new key")).toHaveValue("ara_x");
    const passwords = sent(requests, "/api/v1/keys").map((body) => (body as { password: unknown }).password);
    expect(passwords).toEqual([null, "wrong", "right"]);
  });

  it("shows why it was refused, where there is no password", async () => {
    settings({ "POST /api/v1/keys": json({ code: "sign_in_again", detail: "Sign in again first." }, 403) });
    await openStudio("/settings");
    await userEvent.type(await screen.findByLabelText(/^What the key is for/), "Blog{Enter}");
    expect(await screen.findByRole("alert")).toHaveTextContent("Sign in again first.");
    expect(screen.queryByLabelText(/^Your password/)).toBeNull();
  });
});

describe("the second factor in the settings", () => {
  const CODES = ["aaaa-bbbb-cccc-dddd", "eeee-ffff-gggg-hhhh"];
  const off = { enabled_at: null, recovery_codes_left: 0 };
  const on = { enabled_at: "2030-01-02T10:00:00Z", recovery_codes_left: 2 };

  it("is set up with a QR code, a code and recovery codes, shown until they are saved", async () => {
    const requests = settings({
      "GET /api/v1/session/totp": inTurn(json(off), json(on)),
      "POST /api/v1/session/totp": inTurn(
        PASSWORD_NEEDED.clone(),
        json({ secret: "SECRET", uri: "otpauth://totp/x", qr_code: "data:image/svg+xml,%3Csvg/%3E" }),
      ),
      "POST /api/v1/session/totp/confirm": json({ recovery_codes: CODES }),
    });
    await openStudio("/settings");
    await userEvent.click(await screen.findByRole("button", { name: "Set it up" }));
    await userEvent.type(await screen.findByLabelText(/^Your password/), "right{Enter}");
    expect(await screen.findByRole("img", { name: /QR code/ })).toHaveAttribute("src", "data:image/svg+xml,%3Csvg/%3E");
    expect(screen.getByLabelText("Setup key")).toHaveValue("SECRET");
    await userEvent.type(screen.getByLabelText(/^Code from the app/), "123456{Enter}");
    const list = await screen.findByRole("list", { name: "Recovery codes" });
    expect(
      within(list)
        .getAllByRole("listitem")
        .map((one) => one.textContent),
    ).toEqual(CODES);
    await waitFor(() => expect(requests.filter(({ path }) => path === "/api/v1/session/totp").length).toBe(4));
    expect(list).toBeVisible();
    await userEvent.click(screen.getByRole("button", { name: "I have saved them" }));
    expect(await screen.findByText(/2 recovery codes left/)).toBeVisible();
    expect(screen.queryByText(CODES[0] as string)).toBeNull();
    expect(sent(requests, "/api/v1/session/totp")).toEqual([{ password: null }, { password: "right" }]);
  });

  it("is turned off by a code, and shows a wrong one at the field", async () => {
    const wrong = { pointer: "/code", code: "totp_wrong", detail: "This code is wrong." };
    const requests = settings({
      "GET /api/v1/session/totp": inTurn(json(on), json(off)),
      "POST /api/v1/session/totp/disable": inTurn(
        json({ code: "invalid", detail: "No.", errors: [wrong] }, 422),
        new Response(null, { status: 204 }),
      ),
    });
    await openStudio("/settings");
    const field = await screen.findByLabelText(/^Code from the app, or/);
    await userEvent.type(field, "1{Enter}");
    await screen.findByText("This code is wrong.");
    await userEvent.type(field, "2{Enter}");
    await screen.findByRole("button", { name: "Set it up" });
    expect(sent(requests, "/api/v1/session/totp/disable")).toEqual([{ code: "1" }, { code: "12" }]);
  });
});

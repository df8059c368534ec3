// The previews of each kind.
import { MantineProvider } from "@mantine/core";
import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeAll, describe, expect, it } from "vitest";

import type { Platform } from "@/api/platforms";
import { initI18n, loadMessages, setLanguage } from "@/i18n/language";
import { limits } from "@/testing/sample-posts";
import { Preview, type PreviewProps } from "@/ui/previews/Preview";

beforeAll(async () => {
  await initI18n();
  await setLanguage("en");
  await loadMessages("previews");
});

function declared(preview: string, width: number, height: number, others: Partial<Platform> = {}): Platform {
  const image = { width, height, ratio: `${width}:${height}`, max_bytes: 1, mime: "image/jpeg" };
  const safe_margins = { top: 0, right: 0, bottom: 0, left: 0 };
  const rest = {
    pictures_max: 10,
    preview_fold: null,
    options: [],
    shapes: [],
    safe_margins,
    account_kind: "place",
    name: "place",
    label: "Place",
    needs_picture: true,
    can_check: true,
    shows_text: true,
    links_clickable: true,
  };
  return { preview, image, limits: limits(), ...rest, ...others };
}

const CARD = declared("feed_card", 1200, 675, { needs_picture: false });
const SQUARE = declared("square_post", 1080, 1080, { preview_fold: { characters: 125, lines: 2 } });
const FULL = declared("fullscreen", 1080, 1920, { shows_text: false });
const KINDS = [CARD, SQUARE, FULL];
const BREAD = { url: "/bread.jpg", alt: "A loaf" };

function show(props: Partial<PreviewProps> = {}) {
  const whole = { platform: SQUARE, text: "Fresh bread", accountName: "Forno Rossi", picture: null, ...props };
  return render(
    <MantineProvider>
      <Preview {...whole} />
    </MantineProvider>,
  );
}

const place = (container: HTMLElement) => container.querySelector<HTMLElement>("[data-state]");

describe.each(KINDS)("a $preview", (platform) => {
  it("keeps the picture's exact ratio in every state", () => {
    const ratio = `${platform.image.width} / ${platform.image.height}`;
    for (const state of ["making", "failed", "stale", "ready"] as const) {
      const { container, unmount } = show({ platform, state, picture: state === "ready" ? BREAD : null });
      expect(place(container)).toHaveStyle({ aspectRatio: ratio });
      unmount();
    }
  });

  it("shows the account and the picture with its alt text", () => {
    show({ platform, picture: BREAD });
    const figure = screen.getByRole("figure", { name: "Preview of Place" });
    expect(within(figure).getAllByText("Forno Rossi")[0]).toBeVisible();
    expect(within(figure).getByRole("img", { name: "A loaf" })).toHaveAttribute("src", "/bread.jpg");
  });

  it("invents no likes or comments", () => {
    const { container } = show({ platform, picture: BREAD, text: "Bread" });
    const said = [
      "Preview of Place",
      "Forno Rossi",
      "Bread",
      "Just now",
      "Place shows no caption: put what should be read on the picture.",
      "F",
    ];
    const left = said.reduce(
      (text, one) => text.replaceAll(one, ""),
      container.querySelector("figure")?.textContent ?? "?",
    );
    expect(left.trim()).toBe("");
  });

  it("shows whether a picture failed, is being made, or is outdated", () => {
    for (const [state, says] of [
      ["failed", "The picture could not be made"],
      ["making", "The picture is being made"],
      ["stale", "Made for an earlier text"],
    ] as const) {
      for (const picture of [null, BREAD]) {
        const { unmount } = show({ platform, state, picture });
        expect(screen.getByText(says)).toBeVisible();
        unmount();
      }
    }
  });

  it("shows a placeholder before an account is chosen", () => {
    show({ platform, accountName: null });
    expect(screen.getAllByText("Your account")[0]).toBeVisible();
  });
});

describe("the text", () => {
  const LONG = `${"word ".repeat(40)}the end`;

  it("is folded, with a note that this is approximate, and can be unfolded", async () => {
    await setLanguage("it");
    show({ text: LONG });
    expect(screen.queryByText(/the end/)).toBeNull();
    expect(screen.getByText(/dipende dallo schermo/)).toBeVisible();
    await userEvent.click(screen.getByRole("button", { name: "… altro" }));
    expect(screen.getByText(/the end/)).toBeVisible();
    await userEvent.click(screen.getByRole("button", { name: "Mostra meno", expanded: true }));
    expect(screen.queryByText(/the end/)).toBeNull();
    await setLanguage("en");
  });

  it("is not folded when it is short", () => {
    show({ text: "Short" });
    expect(screen.queryByRole("button")).toBeNull();
    expect(screen.queryByText(/depends on the screen/)).toBeNull();
  });

  it("is not shown where the platform shows no caption, with a note", () => {
    show({ platform: FULL, text: LONG });
    expect(screen.queryByText(/word/)).toBeNull();
    expect(screen.getByText(/Place shows no caption/)).toBeVisible();
    expect(screen.queryByText(/depends on the screen/)).toBeNull();
  });

  it("is shown without a picture where none is needed", () => {
    const { container } = show({ platform: CARD });
    expect(screen.getByText("Fresh bread")).toBeVisible();
    expect(place(container)).toBeNull();
  });

  it("is never interpreted as markup", () => {
    show({ text: "<img src=x onerror=alert(1)> https://example.com" });
    expect(screen.queryByRole("img")).toBeNull();
    expect(screen.queryByRole("link")).toBeNull();
    expect(screen.getByText(/<img src=x/)).toBeVisible();
  });
});

describe("several pictures", () => {
  const many = ["a", "b", "c", "d", "e", "f"].map((name) => ({ url: `/${name}.jpg`, alt: name }));

  it("can be paged through in a square post", async () => {
    show({ picture: many[0] ?? null, pictures: many.slice(0, 2) });
    expect(screen.getByRole("img", { name: "a" })).toBeVisible();
    expect(screen.queryByRole("button", { name: "Previous picture" })).toBeNull();
    await userEvent.click(screen.getByRole("button", { name: "Next picture" }));
    expect(screen.getByRole("img", { name: "b" })).toBeVisible();
    expect(screen.getByRole("status")).toHaveTextContent("2/2");
    expect(screen.queryByRole("button", { name: "Next picture" })).toBeNull();
  });

  it("are a collage in a card, which shows how many more there are", () => {
    show({ platform: CARD, picture: many[0] ?? null, pictures: many });
    expect(screen.getAllByRole("img")).toHaveLength(4);
    expect(screen.getByText("+2")).toBeVisible();
  });
});

it("draws an unknown kind as a card", () => {
  show({ platform: declared("hologram", 100, 200), picture: BREAD });
  expect(screen.getByText("Just now")).toBeVisible();
});

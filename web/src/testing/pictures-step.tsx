// The pictures step by itself, over a post that a test holds in its hand.
import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";

import type { Post } from "@/api/posts";
import { makeQueryClient } from "@/app/queries";
import { platform, post, result } from "@/testing/sample-posts";
import { json, serve, type Asked } from "@/testing/server";
import { PicturesStep } from "@/wizard/steps/PicturesStep";

const PLATFORMS = [platform("facebook", "Facebook"), platform("instagram", "Instagram", { pictures_max: 3 })];
export const POST = "/api/v1/posts/post_1";
export const regenerated = (asked: Asked[]) => asked.filter(({ path }) => path.endsWith("/regenerate"));

function album(changes: object = {}) {
  const words = { prompt: "Lancio nuovo", style: "professional", provider: "auto", variant: 0 };
  return json({
    platform: "facebook",
    image_state: "ready",
    locked: false,
    error: null,
    error_code: null,
    images: [],
    ...words,
    ...changes,
  });
}

/** The post as it stands in `world.post`; whatever is done answers with it. */
export function open(first: Post, answers: Parameters<typeof serve>[0] = {}) {
  const world = { post: first };
  const now = () => json(world.post);
  const each = PLATFORMS.flatMap(({ name }) => {
    const at = `${POST}/images/${name}`;
    return [
      [`GET ${at}`, () => album()] as const,
      [`POST ${at}/regenerate`, now] as const,
      [`POST ${at}/lock`, now] as const,
    ];
  });
  const never = () => new Promise<Response>(() => undefined);
  const choices = {
    providers: [
      { name: "auto", missing_setting: null },
      { name: "google", missing_setting: "ARALDO_X" },
    ],
    styles: ["bold"],
  };
  const asked = serve({
    [`GET ${POST}`]: now,
    [`PATCH ${POST}`]: now,
    [`GET ${POST}/events`]: never,
    "GET /api/v1/images/choices": json(choices),
    ...Object.fromEntries(each),
    ...answers,
  });
  render(
    <MantineProvider>
      <QueryClientProvider client={makeQueryClient(() => undefined)}>
        <PicturesStep postId="post_1" platforms={PLATFORMS} />
      </QueryClientProvider>
    </MantineProvider>,
  );
  return { asked, world };
}

export const tile = (name: string) => screen.findByRole("region", { name });
export const of = (facebook: object, instagram: object = { image_state: "ready" }, changes: Partial<Post> = {}) =>
  post({ ...changes, platforms: [result("facebook", "draft", facebook), result("instagram", "draft", instagram)] });
export const made = {
  image_state: "ready",
  image_url: "http://x/media/med_1.jpg?expires=1&signature=s",
  image_provider: "offline",
  image_alt: "A loaf",
};

// The pictures step alone, with a post that the test controls.
import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import { Suspense } from "react";

import type { Post } from "@/api/posts";
import { makeQueryClient } from "@/app/queries";
import { session } from "@/testing/sample";
import { platform, post, result } from "@/testing/sample-posts";
import { json, stubServer, type RecordedRequest } from "@/testing/server";
import { PicturesStep } from "@/wizard/steps/PicturesStep";

const PLATFORMS = [platform("facebook", "Facebook"), platform("instagram", "Instagram", { pictures_max: 3 })];
export const POST = "/api/v1/posts/post_1";
export const regenerated = (requests: RecordedRequest[]) => requests.filter(({ path }) => path.endsWith("/regenerate"));

function history(changes: object = {}) {
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

/** Render the step for `server.post`, which every request answers with. */
export function openStep(first: Post, answers: Parameters<typeof stubServer>[0] = {}) {
  const server = { post: first };
  const now = () => json(server.post);
  const each = PLATFORMS.flatMap(({ name }) => {
    const at = `${POST}/images/${name}`;
    return [
      [`GET ${at}`, () => history()] as const,
      [`POST ${at}/regenerate`, now] as const,
      [`POST ${at}/lock`, now] as const,
    ];
  });
  const neverAnswers = () => new Promise<Response>(() => undefined);
  const choices = {
    providers: [
      { name: "auto", missing_setting: null },
      { name: "google", missing_setting: "ARALDO_X" },
    ],
    styles: ["professional", "bold"],
  };
  const requests = stubServer({
    [`GET ${POST}`]: now,
    [`PATCH ${POST}`]: now,
    [`GET ${POST}/events`]: neverAnswers,
    "GET /api/v1/session": json(session()),
    "GET /api/v1/images/choices": json(choices),
    "POST /api/v1/images/preview": neverAnswers,
    ...Object.fromEntries(each),
    ...answers,
  });
  render(
    <MantineProvider>
      <QueryClientProvider client={makeQueryClient(() => undefined)}>
        <Suspense>
          <PicturesStep postId="post_1" platforms={PLATFORMS} />
        </Suspense>
      </QueryClientProvider>
    </MantineProvider>,
  );
  return { requests, server };
}

export const tile = (name: string) => screen.findByRole("region", { name });
export const postWith = (facebook: object, instagram: object = { image_state: "ready" }, changes: Partial<Post> = {}) =>
  post({ ...changes, platforms: [result("facebook", "draft", facebook), result("instagram", "draft", instagram)] });
export const generated = {
  image_state: "ready",
  image_url: "http://x/media/med_1.jpg?expires=1&signature=s",
  image_provider: "offline",
  image_alt: "A loaf",
};

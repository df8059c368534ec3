// The whole studio at an address, as a person would open it, with the network standing in.
import { createMemoryHistory } from "@tanstack/react-router";
import { act, render } from "@testing-library/react";

import { App } from "@/app/App";
import { makeQueryClient } from "@/app/queries";
import { makeRouter, type AppRouter } from "@/app/router";
import { begin, speak, type Language } from "@/i18n/language";

let begun = false;

export async function openStudio(address = "/", language: Language = "en"): Promise<{ router: AppRouter }> {
  if (!begun) await begin();
  begun = true;
  await speak(language);
  const client = makeQueryClient(() => void router.invalidate());
  const router = makeRouter(client, createMemoryHistory({ initialEntries: [address] }));
  await act(async () => {
    await router.load();
    render(<App router={router} client={client} />);
  });
  return { router };
}

// The whole studio at an address, with a stubbed network.
import { createMemoryHistory } from "@tanstack/react-router";
import { act, render } from "@testing-library/react";

import { App } from "@/app/App";
import { makeQueryClient } from "@/app/queries";
import { makeRouter, type AppRouter } from "@/app/router";
import { initI18n, setLanguage, type Language } from "@/i18n/language";

let isInitialized = false;

export async function openStudio(address = "/", language: Language = "en"): Promise<{ router: AppRouter }> {
  if (!isInitialized) await initI18n();
  isInitialized = true;
  await setLanguage(language);
  const client = makeQueryClient(() => void router.invalidate());
  const router = makeRouter(client, createMemoryHistory({ initialEntries: [address] }));
  await act(async () => {
    await router.load();
    render(<App router={router} client={client} />);
  });
  return { router };
}

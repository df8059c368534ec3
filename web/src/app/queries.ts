// The query client: what is retried, and what happens when the session has ended.
import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";

import { Problem } from "@/api/problem";
import { clearSession } from "@/api/session";

/** `onSessionEnded` is called when the server no longer knows the session. */
export function makeQueryClient(onSessionEnded: () => void): QueryClient {
  const onError = (error: Error) => {
    if (!(error instanceof Problem)) return;
    // The person's role has changed: the studio must no longer offer what it grants not.
    if (error.code === "permission_missing") void client.invalidateQueries({ queryKey: ["session"] });
    if (error.status !== 401) return;
    // Nobody was signed in.
    if (!client.getQueryData(["session"])) return;
    clearSession(client);
    onSessionEnded();
  };
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({ onError }),
    // A refused sign-in does not end the present session.
    mutationCache: new MutationCache({
      onError: (error, _variables, _result, { meta }) => {
        if (meta?.["signsIn"] !== true) onError(error);
      },
    }),
    defaultOptions: {
      queries: { retry: (failures, error) => failures < 2 && isTransient(error), staleTime: 10_000 },
      // A change is repeated only when a person asks for it.
      mutations: { retry: false },
    },
  });
  return client;
}

function isTransient(error: Error): boolean {
  return error instanceof Problem && (error.unanswered || error.status >= 502);
}

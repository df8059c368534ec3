// How the studio asks the server: what is tried again, and what happens when the session has ended.
import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";

import { Problem } from "@/api/problem";
import { forget } from "@/api/session";

/** `ended` is told when the server no longer knows the session: the guard then asks to sign in. */
export function makeQueryClient(ended: () => void): QueryClient {
  const onError = (error: Error) => {
    if (!(error instanceof Problem) || error.status !== 401) return;
    // Nobody was signed in: there is nothing to end.
    if (!client.getQueryData(["session"])) return;
    forget(client);
    ended();
  };
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({ onError }),
    // A refused sign-in ends no session that there is.
    mutationCache: new MutationCache({
      onError: (error, _given, _result, { meta }) => {
        if (meta?.["signsIn"] !== true) onError(error);
      },
    }),
    defaultOptions: {
      queries: { retry: (times, error) => times < 2 && mayPass(error), staleTime: 10_000 },
      // What changes something is never repeated unasked.
      mutations: { retry: false },
    },
  });
  return client;
}

function mayPass(error: Error): boolean {
  return error instanceof Problem && (error.unanswered || error.status >= 502);
}

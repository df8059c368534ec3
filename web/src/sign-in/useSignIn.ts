// Signing in, and what a refusal means for the form.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";

import { Problem } from "@/api/problem";
import { signIn, type Credential } from "@/api/session";

/** `setAccepted` gets the credential that needs the second factor, else null. `next`: where to go then. */
export function useSignIn(setAccepted: (credential: Credential | null) => void, next = "/") {
  const client = useQueryClient();
  const router = useRouter();
  return useMutation({
    mutationFn: (credential: Credential) => signIn(client, credential),
    meta: { signsIn: true },
    onSuccess: () => router.history.replace(next),
    onError: (error, credential) => {
      if (!(error instanceof Problem) || error.status !== 401) return;
      // An expired link or a changed password: back to the first form.
      setAccepted(isCodeMissing(error) || error.code === "totp_wrong" ? credential : null);
    },
  });
}

export function isCodeMissing(error: unknown): boolean {
  return error instanceof Problem && error.code === "totp_required";
}

// The form with which a new person joins: name, e-mail address, password.
import { Button, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { useState } from "react";

import { Problem } from "@/api/problem";
import { useMessages } from "@/i18n/useMessages";
import { register } from "@/sign-in/invitation-calls";
import { ProblemAlert } from "@/ui/ProblemAlert";

export function RegisterForm({ token }: { token: string }) {
  const { t } = useMessages();
  const [fields, setFields] = useState({ name: "", email: "", password: "" });
  const client = useQueryClient();
  const router = useRouter();
  const registering = useMutation({
    mutationFn: () => register(client, token, fields),
    meta: { signsIn: true },
    onSuccess: () => router.history.replace("/"),
  });
  const { error } = registering;
  const detailAt = (pointer: string) =>
    error instanceof Problem
      ? error
          .entriesAt(pointer)
          .map(({ detail }) => detail)
          .join(" ") || undefined
      : undefined;
  const isNameTaken = error instanceof Problem && error.code === "name_taken";
  const isExplained = isNameTaken || ["/email", "/password"].some((pointer) => detailAt(pointer) !== undefined);
  const set = (name: keyof typeof fields) => (event: { currentTarget: { value: string } }) => {
    const { value } = event.currentTarget;
    setFields((before) => ({ ...before, [name]: value }));
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        registering.mutate();
      }}
    >
      <Stack>
        <TextInput
          label={t("sign-in:invitation.name")}
          description={t("sign-in:invitation.nameHint")}
          autoComplete="username"
          required
          maxLength={100}
          value={fields.name}
          error={isNameTaken ? t("sign-in:invitation.nameTaken") : undefined}
          onChange={set("name")}
        />
        <TextInput
          type="email"
          label={t("sign-in:invitation.email")}
          description={t("sign-in:invitation.emailHint")}
          autoComplete="email"
          maxLength={254}
          value={fields.email}
          error={detailAt("/email")}
          onChange={set("email")}
        />
        <PasswordInput
          label={t("sign-in:password")}
          description={t("sign-in:invitation.passwordHint")}
          autoComplete="new-password"
          required
          value={fields.password}
          error={detailAt("/password")}
          visibilityToggleButtonProps={{ "aria-label": t("sign-in:showPassword") }}
          onChange={set("password")}
        />
        {!isExplained && <ProblemAlert error={error} />}
        <Button type="submit" size="md" loading={registering.isPending}>
          {t("sign-in:invitation.register")}
        </Button>
      </Stack>
    </form>
  );
}

// One way to connect accounts: the fields that it asks for, and the button that begins.
import { Button, Group, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { useRouter } from "@tanstack/react-router";
import { LogIn } from "lucide-react";
import { useState } from "react";

import { useBeginConnection, type Answers, type Field, type Method } from "@/accounts/calls";
import { useMessages } from "@/i18n/useMessages";
import { ProblemAlert } from "@/ui/ProblemAlert";

import styles from "./AccountsPage.module.css";

interface Props {
  service: string;
  method: Method;
  next: string | undefined;
  isSecondary?: boolean;
}

export function MethodForm({ service, method, next, isSecondary = false }: Props) {
  const router = useRouter();
  const [answers, setAnswers] = useState<Answers>(() => initialAnswers(method.fields));
  const beginning = useBeginConnection(next);
  const begin = () =>
    beginning.mutate(
      { service, method: method.name, answers },
      {
        onSuccess: (connection) => {
          if (connection === null) return;
          // Secrets are not kept in the page.
          setAnswers(initialAnswers(method.fields));
          void router.navigate({ to: "/accounts/connect/$id", params: { id: connection.id } });
        },
      },
    );
  return (
    <form
      className={method.fields.length > 0 ? styles["fields"] : undefined}
      onSubmit={(event) => {
        event.preventDefault();
        begin();
      }}
    >
      <Stack gap="sm">
        {method.help !== null && <Text>{method.help}</Text>}
        {method.fields.map((field) => (
          <FieldInput
            key={field.name}
            field={field}
            value={answers[field.name] ?? ""}
            onChange={(value) => setAnswers((before) => ({ ...before, [field.name]: value }))}
          />
        ))}
        <ProblemAlert error={beginning.error} />
        <Group>
          <Button
            type="submit"
            size={isSecondary ? "sm" : "md"}
            variant={isSecondary ? "default" : "filled"}
            className={styles["button"]}
            leftSection={method.kind === "oauth" ? <LogIn size={18} aria-hidden /> : undefined}
            loading={beginning.isPending}
          >
            {method.label}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

interface FieldProps {
  field: Field;
  value: string;
  onChange: (value: string) => void;
}

function FieldInput({ field, value, onChange }: FieldProps) {
  const { t } = useMessages();
  const common = {
    label: field.label,
    description: field.help,
    placeholder: field.placeholder,
    required: field.required,
    maxLength: field.length_max,
    autoComplete: "off",
    spellCheck: false,
    value,
  };
  if (field.type === "secret")
    return (
      <PasswordInput
        {...common}
        visibilityToggleButtonProps={{ "aria-label": t("accounts:connect.show") }}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    );
  return (
    <TextInput
      {...common}
      inputMode={field.type === "url" ? "url" : "text"}
      autoCapitalize="none"
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

function initialAnswers(fields: readonly Field[]): Answers {
  return Object.fromEntries(fields.map((field) => [field.name, field.default]));
}

// Who is signed in, how the studio looks and speaks to them, and the way out.
import { ActionIcon, Button, Popover, Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { CircleUser, LogOut } from "lucide-react";

import { signOut } from "@/api/session";
import { useWords } from "@/i18n/useWords";
import { LanguageSwitch, SchemeSwitch } from "@/ui/Preferences";
import { ProblemAlert } from "@/ui/ProblemAlert";

export function PersonMenu({ name }: { name: string }) {
  const { t } = useWords();
  const client = useQueryClient();
  const router = useRouter();
  const leave = useMutation({
    mutationFn: () => signOut(client),
    onSuccess: () => router.navigate({ to: "/sign-in" }),
  });
  return (
    <Popover position="bottom-end" shadow="md" width={290} trapFocus>
      <Popover.Target>
        <ActionIcon variant="subtle" color="gray" size={44} aria-label={t("app:person.open", { name })}>
          <CircleUser size={24} aria-hidden />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown aria-label={t("app:person.label")}>
        <Stack gap="md">
          <Text fw={650}>{name}</Text>
          <LanguageSwitch kept />
          <SchemeSwitch />
          <ProblemAlert error={leave.error} />
          <Button
            variant="default"
            leftSection={<LogOut size={18} aria-hidden />}
            loading={leave.isPending}
            onClick={() => leave.mutate()}
          >
            {t("app:person.signOut")}
          </Button>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

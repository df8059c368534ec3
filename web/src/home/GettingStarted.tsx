// Shown while there are no posts: the first account, the first post, and the brand, in the order of a first day.
import { Text, Title } from "@mantine/core";
import { Check, Palette, Plug, Plus } from "lucide-react";
import type { ReactNode } from "react";

import { useMessages } from "@/i18n/useMessages";
import { Allowed } from "@/ui/Allowed";
import { LinkButton } from "@/ui/LinkButton";

import styles from "./GettingStarted.module.css";

export function GettingStarted({ isConnected, isSandbox }: { isConnected: boolean; isSandbox: boolean }) {
  const { t } = useMessages();
  return (
    <section aria-label={t("home:start.title")}>
      <Text mb="md">{t("home:start.hint")}</Text>
      <ol className={styles["steps"]}>
        <Allowed to="manage">
          <Step
            title={t("home:start.account")}
            hint={t(
              isConnected ? "home:start.connected" : isSandbox ? "home:start.sandboxHint" : "home:start.accountHint",
            )}
            isDone={isConnected}
          >
            <LinkButton
              to="/accounts"
              search={{ next: "/" }}
              mih="2.75rem"
              variant={isConnected ? "default" : "filled"}
              leftSection={<Plug size={18} aria-hidden />}
            >
              {t(isConnected ? "home:start.seeAccounts" : "home:connect")}
            </LinkButton>
          </Step>
        </Allowed>
        <Step title={t("home:start.post")} hint={t("home:start.postHint")}>
          <LinkButton
            to="/posts/new"
            mih="2.75rem"
            variant={isConnected ? "filled" : "default"}
            leftSection={<Plus size={18} aria-hidden />}
          >
            {t("home:write")}
          </LinkButton>
        </Step>
        <Allowed to="manage">
          <Step title={t("home:start.brand")} hint={t("home:start.brandHint")}>
            <LinkButton to="/brand" mih="2.75rem" variant="default" leftSection={<Palette size={18} aria-hidden />}>
              {t("home:start.openBrand")}
            </LinkButton>
          </Step>
        </Allowed>
      </ol>
    </section>
  );
}

interface StepProps {
  title: string;
  hint: string;
  isDone?: boolean;
  children: ReactNode;
}

function Step({ title, hint, isDone = false, children }: StepProps) {
  return (
    <li className={styles["step"]} data-done={isDone}>
      <Title order={2} size="h4" className={styles["heading"] ?? ""}>
        {title}
        {isDone && <Check size={20} aria-hidden />}
      </Title>
      <Text>{hint}</Text>
      <div className={styles["action"]}>{children}</div>
    </li>
  );
}

// The preview beside every step, one tab per platform; on a phone a button and a sheet.
import { Button, NativeSelect, Tabs, Text, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Eye } from "lucide-react";
import { lazy, Suspense, useState } from "react";

import type { Platform } from "@/api/platforms";
import type { PlatformResult } from "@/api/posts";
import { useMessages } from "@/i18n/useMessages";
import { liveDeliveries } from "@/ui/post/deliveries";
import { Preview } from "@/ui/previews/Preview";
import { composedText } from "@/wizard/compose";
import { withShape } from "@/wizard/shapes";
import { resolveAccounts, useWizard } from "@/wizard/useWizard";

import styles from "./Wizard.module.css";

// Only phones have it, and not before it is opened.
const PreviewSheet = lazy(async () => ({ default: (await import("@/wizard/PreviewSheet")).PreviewSheet }));

export function PreviewPane() {
  const { t } = useMessages();
  return (
    <aside className={`${styles["preview"]} ${styles["aside"]}`} aria-labelledby="wizard-preview">
      <Title order={2} size="h5" mb="xs" id="wizard-preview">
        {t("wizard:preview.title")}
      </Title>
      <Previews />
    </aside>
  );
}

export function PreviewButton() {
  const { t } = useMessages();
  const [opened, { open, close }] = useDisclosure(false);
  return (
    <>
      <Button
        variant="default"
        radius="xl"
        className={styles["pill"]}
        leftSection={<Eye size={18} aria-hidden />}
        onClick={open}
      >
        {t("wizard:preview.open")}
      </Button>
      <Suspense>
        {opened && (
          <PreviewSheet close={close}>
            <Previews />
          </PreviewSheet>
        )}
      </Suspense>
    </>
  );
}

function Previews() {
  const { t } = useMessages();
  const { chosen } = useWizard();
  const [selected, setSelected] = useState<string | null>(null);
  const shown = chosen.find(({ name }) => name === selected) ?? chosen[0];
  if (!shown) return <Text c="dimmed">{t("wizard:preview.none")}</Text>;
  return (
    <Tabs value={shown.name} onChange={setSelected} keepMounted={false}>
      <Tabs.List mb="md">
        {chosen.map(({ name, label }) => (
          <Tabs.Tab key={name} value={name} mih="2.75rem">
            {label}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value={shown.name}>
        <PlatformPreview key={shown.name} platform={shown} />
      </Tabs.Panel>
    </Tabs>
  );
}

function PlatformPreview({ platform }: { platform: Platform }) {
  const { t } = useMessages();
  const { state, post, accounts } = useWizard();
  const [selected, setSelected] = useState<string | null>(null);
  const chosen = resolveAccounts(platform, accounts, state.draft.accounts[platform.name]);
  const account = chosen.find(({ id }) => id === selected) ?? chosen[0];
  const deliveries = (post ? liveDeliveries(post) : []).filter((delivery) => delivery.platform === platform.name);
  const result = deliveries.find(({ account_id }) => account_id === account?.id) ?? deliveries[0];
  return (
    <>
      {chosen.length > 1 && (
        <NativeSelect
          label={t("wizard:preview.account")}
          mb="sm"
          value={account?.id ?? ""}
          data={chosen.map(({ id, name }) => ({ value: id, label: name }))}
          onChange={(event) => setSelected(event.currentTarget.value)}
        />
      )}
      <Preview
        platform={withShape(platform, state.draft.shapes[platform.name])}
        text={composedText(platform.name, state.draft)}
        accountName={account?.name ?? null}
        picture={pictureOf(result)}
        pictures={(result?.pictures ?? []).flatMap(({ image_url }) => (image_url ? [{ url: image_url, alt: "" }] : []))}
        state={pictureState(result)}
      />
    </>
  );
}

function pictureOf(result: PlatformResult | undefined): { url: string; alt: string } | null {
  return result?.image_url ? { url: result.image_url, alt: result.image_alt ?? "" } : null;
}

function pictureState(result: PlatformResult | undefined): "none" | "making" | "failed" | "stale" | "ready" {
  switch (result?.image_state) {
    case "queued":
    case "making":
      return "making";
    case "failed":
      return "failed";
    case "stale":
      return "stale";
    case "ready":
      return "ready";
    default:
      return result?.image_url ? "ready" : "none";
  }
}

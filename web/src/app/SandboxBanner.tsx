// The banner of sandbox mode, with a link to what was posted.
import { FlaskConical } from "lucide-react";

import { useMessages } from "@/i18n/useMessages";

import styles from "./Banner.module.css";

export function SandboxBanner({ viewerUrl }: { viewerUrl: string }) {
  const { t } = useMessages();
  return (
    <aside className={styles["banner"]} aria-label={t("app:sandbox.label")}>
      <FlaskConical size={18} aria-hidden />
      <span>{t("app:sandbox.hint")}</span>
      <a href={viewerUrl} target="_blank" rel="noreferrer">
        {t("app:sandbox.view")}
      </a>
    </aside>
  );
}

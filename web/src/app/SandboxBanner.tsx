// Says on every page that nothing leaves this machine, and where to see what was posted.
import { FlaskConical } from "lucide-react";

import { useWords } from "@/i18n/useWords";

import styles from "./SandboxBanner.module.css";

export function SandboxBanner({ viewerUrl }: { viewerUrl: string }) {
  const { t } = useWords();
  return (
    <aside className={styles["banner"]} aria-label={t("app:sandbox.label")}>
      <FlaskConical size={18} aria-hidden />
      <span>{t("app:sandbox.says")}</span>
      <a href={viewerUrl} target="_blank" rel="noreferrer">
        {t("app:sandbox.view")}
      </a>
    </aside>
  );
}

// The footer of each step: back, save status, preview, next. Publishing has no button here, so that a double click on
// Next cannot hit it.
import { Button } from "@mantine/core";
import { ArrowLeft, ArrowRight } from "lucide-react";

import { useMessages } from "@/i18n/useMessages";
import { SaveIndicator } from "@/ui/SaveIndicator";
import { PreviewButton } from "@/wizard/PreviewPane";
import { isStep } from "@/wizard/search";
import { useWizard } from "@/wizard/useWizard";

import styles from "./Wizard.module.css";

export function Footer() {
  const { t } = useMessages();
  const { state, step, goToStep } = useWizard();
  const [previous, next] = [step - 1, step + 1];
  return (
    <div className={styles["footer"]}>
      {isStep(previous) && (
        <Button
          key="back"
          variant="default"
          className={styles["button"]}
          leftSection={<ArrowLeft size={18} aria-hidden />}
          onClick={() => goToStep(previous)}
        >
          {t("wizard:back")}
        </Button>
      )}
      <div className={styles["saveStatus"]}>
        <SaveIndicator state={state.saveStatus} />
      </div>
      <PreviewButton />
      {isStep(next) && (
        <Button
          key="next"
          className={styles["button"]}
          rightSection={<ArrowRight size={18} aria-hidden />}
          onClick={() => goToStep(next)}
        >
          {t("wizard:next")}
        </Button>
      )}
    </div>
  );
}

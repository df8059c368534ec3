// At the foot of each step: back, whether all is kept, and on. The act of publishing has no place here: whoever presses
// Next twice must not press it.
import { Button } from "@mantine/core";
import { ArrowLeft, ArrowRight } from "lucide-react";

import { useWords } from "@/i18n/useWords";
import { SaveState } from "@/ui/SaveState";
import { PreviewPill } from "@/wizard/PreviewPane";
import { isStep } from "@/wizard/steps";
import { useWizard } from "@/wizard/useWizard";

import styles from "./Wizard.module.css";

export function Footer() {
  const { t } = useWords();
  const { state, step, go } = useWizard();
  const [before, after] = [step - 1, step + 1];
  return (
    <div className={styles["footer"]}>
      {isStep(before) && (
        <Button
          key="back"
          variant="default"
          className={styles["way"]}
          leftSection={<ArrowLeft size={18} aria-hidden />}
          onClick={() => go(before)}
        >
          {t("wizard:back")}
        </Button>
      )}
      <div className={styles["saving"]}>
        <SaveState state={state.saving} />
      </div>
      <PreviewPill />
      {isStep(after) && (
        <Button
          key="next"
          className={styles["way"]}
          rightSection={<ArrowRight size={18} aria-hidden />}
          onClick={() => go(after)}
        >
          {t("wizard:next")}
        </Button>
      )}
    </div>
  );
}

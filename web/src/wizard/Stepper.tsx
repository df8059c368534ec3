// The four steps in a row: where one is, what is done, and where something is to mend.
import { VisuallyHidden } from "@mantine/core";
import { useLinkProps } from "@tanstack/react-router";
import { Check, CircleAlert, TriangleAlert } from "lucide-react";

import type { Translate } from "@/i18n/keys";
import { useWords } from "@/i18n/useWords";
import { countOf, STEP_NAMES, STEPS, type Remark, type Step } from "@/wizard/steps";
import { useWizard } from "@/wizard/useWizard";

import styles from "./StepRow.module.css";

export function StepRow({ seen }: { seen: ReadonlySet<Step> }) {
  const { t } = useWords();
  return (
    <nav aria-label={t("wizard:steps.label")}>
      <ol className={styles["row"]}>
        {STEPS.map((step) => (
          <StepLink key={step} step={step} seen={seen.has(step)} />
        ))}
      </ol>
    </nav>
  );
}

const AHEAD = { standing: "todo", count: 0 } as const;

function standingOf(step: Step, remarks: readonly Remark[]): { standing: Standing; count: number } {
  const [errors, warnings] = [countOf(remarks, step, "error"), countOf(remarks, step, "warning")];
  if (errors > 0) return { standing: "error", count: errors };
  if (warnings > 0) return { standing: "warning", count: warnings };
  // The last step is never done here: when it is, this row is gone.
  return step === 4 ? AHEAD : { standing: "done", count: 0 };
}

type Standing = "todo" | "done" | "warning" | "error";

function StepLink({ step, seen }: { step: Step; seen: boolean }) {
  const { t } = useWords();
  const { remarks, step: present } = useWizard();
  const link = useLinkProps({ to: ".", search: step === 1 ? {} : { step } });
  const { standing, count } = seen ? standingOf(step, remarks) : AHEAD;
  const said = saidOf(standing, count, t);
  return (
    <li>
      {/* The router would call it the present page, which it is in no step. */}
      <a
        {...link}
        className={styles["step"]}
        data-standing={standing}
        aria-current={step === present ? "step" : undefined}
      >
        <span className={styles["sign"]} aria-hidden>
          <Sign standing={standing} step={step} />
        </span>
        <span className={styles["name"]}>{t(`wizard:steps.${STEP_NAMES[step]}`)}</span>
        {standing === "error" || standing === "warning" ? <span className={styles["badge"]}>{said}</span> : null}
        {standing === "done" ? <VisuallyHidden>{said}</VisuallyHidden> : null}
      </a>
    </li>
  );
}

function Sign({ standing, step }: { standing: Standing; step: Step }) {
  if (standing === "error") return <CircleAlert size={18} />;
  if (standing === "warning") return <TriangleAlert size={18} />;
  return standing === "done" ? <Check size={18} /> : <>{step}</>;
}

function saidOf(standing: Standing, count: number, t: Translate): string {
  if (standing === "error") return t("wizard:steps.errors", { count });
  if (standing === "warning") return t("wizard:steps.warnings", { count });
  return standing === "done" ? t("wizard:steps.done") : "";
}

// Links to the four steps, with the current one and each one's status.
import { VisuallyHidden } from "@mantine/core";
import { useLinkProps } from "@tanstack/react-router";
import { Check, CircleAlert, TriangleAlert } from "lucide-react";

import type { Translate } from "@/i18n/keys";
import { useMessages } from "@/i18n/useMessages";
import { STEP_NAMES, STEPS, type Step } from "@/wizard/search";
import { countIssues, type Issue } from "@/wizard/steps";
import { useWizard } from "@/wizard/useWizard";

import styles from "./Stepper.module.css";

/** `visited`: only these steps show their issues. */
export function Stepper({ visited }: { visited: ReadonlySet<Step> }) {
  const { t } = useMessages();
  return (
    <nav aria-label={t("wizard:steps.label")}>
      <ol className={styles["row"]}>
        {STEPS.map((step) => (
          <StepLink key={step} step={step} isVisited={visited.has(step)} />
        ))}
      </ol>
    </nav>
  );
}

const TODO = { status: "todo", count: 0 } as const;

function stepStatus(step: Step, issues: readonly Issue[]): { status: StepStatus; count: number } {
  const [errors, warnings] = [countIssues(issues, step, "error"), countIssues(issues, step, "warning")];
  if (errors > 0) return { status: "error", count: errors };
  if (warnings > 0) return { status: "warning", count: warnings };
  // The last step is never done here: after it the stepper is not shown.
  return step === 4 ? TODO : { status: "done", count: 0 };
}

type StepStatus = "todo" | "done" | "warning" | "error";

function StepLink({ step, isVisited }: { step: Step; isVisited: boolean }) {
  const { t } = useMessages();
  const { issues, step: current } = useWizard();
  const link = useLinkProps({ to: ".", search: step === 1 ? {} : { step } });
  const { status, count } = isVisited ? stepStatus(step, issues) : TODO;
  const label = statusLabel(status, count, t);
  return (
    <li>
      {/* Not the router's Link, which would mark every step as the current page. */}
      <a {...link} className={styles["step"]} data-status={status} aria-current={step === current ? "step" : undefined}>
        <span className={styles["icon"]} aria-hidden>
          <StatusIcon status={status} step={step} />
        </span>
        <span className={styles["name"]}>{t(`wizard:steps.${STEP_NAMES[step]}`)}</span>
        {status === "error" || status === "warning" ? <span className={styles["badge"]}>{label}</span> : null}
        {status === "done" ? <VisuallyHidden>{label}</VisuallyHidden> : null}
      </a>
    </li>
  );
}

function StatusIcon({ status, step }: { status: StepStatus; step: Step }) {
  if (status === "error") return <CircleAlert size={18} />;
  if (status === "warning") return <TriangleAlert size={18} />;
  return status === "done" ? <Check size={18} /> : <>{step}</>;
}

function statusLabel(status: StepStatus, count: number, t: Translate): string {
  if (status === "error") return t("wizard:steps.errors", { count });
  if (status === "warning") return t("wizard:steps.warnings", { count });
  return status === "done" ? t("wizard:steps.done") : "";
}

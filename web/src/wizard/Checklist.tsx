// The errors that prevent publishing and the warnings, each with a link to where it can be fixed.
import { Text, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { CircleAlert, CircleCheck, TriangleAlert } from "lucide-react";
import { useEffect, useRef } from "react";

import { useMessages } from "@/i18n/useMessages";
import type { Issue } from "@/wizard/steps";
import { useWizard } from "@/wizard/useWizard";

import styles from "./Publish.module.css";

/** `failedAttempts`: each failed attempt to submit moves the focus here. */
export function Checklist({ failedAttempts }: { failedAttempts: number }) {
  const { t } = useMessages();
  const { issues } = useWizard();
  const box = useRef<HTMLElement>(null);
  useEffect(() => {
    if (failedAttempts > 0) box.current?.focus();
  }, [failedAttempts]);
  const errors = issues.filter(({ severity }) => severity === "error");
  const warnings = issues.filter(({ severity }) => severity === "warning");
  return (
    <section ref={box} tabIndex={-1} aria-labelledby="wizard-check" className={styles["checklist"]}>
      <Title order={2} size="h4" id="wizard-check">
        {t("wizard:check.title")}
      </Title>
      <Text role="status" className={styles["summary"]} data-severity={errors.length > 0 ? "error" : "fine"}>
        {errors.length === 0 && <CircleCheck size={18} aria-hidden />}
        {errors.length > 0 ? t("wizard:check.errors", { count: errors.length }) : t("wizard:check.ready")}
      </Text>
      {issues.length > 0 && (
        <ul className={styles["issues"]}>
          {[...errors, ...warnings].map((issue, index) => (
            <ChecklistItem key={index} issue={issue} />
          ))}
        </ul>
      )}
    </section>
  );
}

function ChecklistItem({ issue: { severity, message, step, field } }: { issue: Issue }) {
  const { t } = useMessages();
  const Icon = severity === "error" ? CircleAlert : TriangleAlert;
  return (
    <li data-severity={severity}>
      <Icon size={18} aria-label={t(`wizard:check.${severity}`)} />
      <span>
        {message}{" "}
        <Link
          to="."
          search={step === 1 ? {} : { step }}
          className={styles["link"]}
          onClick={() => {
            // After the step has rendered and taken the focus.
            if (field !== undefined) setTimeout(() => document.getElementById(field)?.focus(), 150);
          }}
        >
          {t(severity === "error" ? "wizard:check.fix" : "wizard:check.show")}
        </Link>
      </span>
    </li>
  );
}

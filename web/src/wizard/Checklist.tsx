// What stands in the way of going out, and what is only worth knowing; each with the way to where it is mended.
import { Text, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { CircleAlert, CircleCheck, TriangleAlert } from "lucide-react";
import { useEffect, useRef } from "react";

import { useWords } from "@/i18n/useWords";
import type { Remark } from "@/wizard/steps";
import { useWizard } from "@/wizard/useWizard";

import styles from "./Publish.module.css";

/** `tried`: how often one has tried in vain; each time the focus comes here. */
export function Checklist({ tried }: { tried: number }) {
  const { t } = useWords();
  const { remarks } = useWizard();
  const box = useRef<HTMLElement>(null);
  useEffect(() => {
    if (tried > 0) box.current?.focus();
  }, [tried]);
  const errors = remarks.filter(({ kind }) => kind === "error");
  const warnings = remarks.filter(({ kind }) => kind === "warning");
  return (
    <section ref={box} tabIndex={-1} aria-labelledby="wizard-check" className={styles["checklist"]}>
      <Title order={2} size="h4" id="wizard-check">
        {t("wizard:check.title")}
      </Title>
      <Text role="status" className={styles["sum"]} data-kind={errors.length > 0 ? "error" : "fine"}>
        {errors.length === 0 && <CircleCheck size={18} aria-hidden />}
        {errors.length > 0 ? t("wizard:check.errors", { count: errors.length }) : t("wizard:check.ready")}
      </Text>
      {remarks.length > 0 && (
        <ul className={styles["remarks"]}>
          {[...errors, ...warnings].map((remark, index) => (
            <One key={index} remark={remark} />
          ))}
        </ul>
      )}
    </section>
  );
}

function One({ remark: { kind, says, step, field } }: { remark: Remark }) {
  const { t } = useWords();
  const Icon = kind === "error" ? CircleAlert : TriangleAlert;
  return (
    <li data-kind={kind}>
      <Icon size={18} aria-label={t(`wizard:check.${kind}`)} />
      <span>
        {says}{" "}
        <Link
          to="."
          search={step === 1 ? {} : { step }}
          className={styles["link"]}
          onClick={() => {
            // After the step is there, and has taken the focus itself.
            if (field !== undefined) setTimeout(() => document.getElementById(field)?.focus(), 150);
          }}
        >
          {t("wizard:check.mend")}
        </Link>
      </span>
    </li>
  );
}

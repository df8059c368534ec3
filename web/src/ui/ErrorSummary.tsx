// All that has to be mended before going on, each with the way to its field; takes the focus when it appears.
import { Alert, Anchor, List, Text } from "@mantine/core";
import { CircleAlert } from "lucide-react";
import { useEffect, useRef } from "react";

import { useWords } from "@/i18n/useWords";

export interface Complaint {
  /** The id of the field's element; none when it is about the whole. */
  field?: string | undefined;
  says: string;
}

/** Nothing, when there is nothing to mend. `at` changes with every failed try, so that the focus comes back. */
export function ErrorSummary({ complaints, at = 0 }: { complaints: readonly Complaint[]; at?: number }) {
  const { t } = useWords();
  const box = useRef<HTMLDivElement>(null);
  const any = complaints.length > 0;
  useEffect(() => {
    if (any) box.current?.focus();
  }, [any, at]);
  if (!any) return null;
  return (
    <Alert
      ref={box}
      tabIndex={-1}
      role="alert"
      color="red"
      icon={<CircleAlert aria-hidden />}
      title={t("ui:toMend", { count: complaints.length })}
    >
      <List size="sm">
        {complaints.map(({ field, says }, index) => (
          <List.Item key={index}>
            {field === undefined ? <Text size="sm">{says}</Text> : <ToField id={field} says={says} />}
          </List.Item>
        ))}
      </List>
    </Alert>
  );
}

function ToField({ id, says }: { id: string; says: string }) {
  return (
    <Anchor
      href={`#${id}`}
      size="sm"
      onClick={(event) => {
        // The address is the router's: it is not to change for a jump inside the page.
        event.preventDefault();
        const field = document.getElementById(id);
        field?.scrollIntoView({ block: "center" });
        field?.focus();
      }}
    >
      {says}
    </Anchor>
  );
}

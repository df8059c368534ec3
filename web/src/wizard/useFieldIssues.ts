// The issues of one field.
import { useWizard } from "@/wizard/useWizard";

/** Return the field's messages. Errors wait until something is written: an empty new post is not wrong yet. */
export function useFieldIssues(field: string): { error: string | undefined; warning: string | undefined } {
  const { issues, state } = useWizard();
  const own = issues.filter((issue) => issue.field === field);
  const message = (severity: string) =>
    own
      .filter((issue) => issue.severity === severity)
      .map((issue) => issue.message)
      .join(" ") || undefined;
  const isBegun = state.draft.content !== "" || state.draft.cta !== "" || state.draft.hashtags.length > 0;
  return { error: isBegun ? message("error") : undefined, warning: message("warning") };
}

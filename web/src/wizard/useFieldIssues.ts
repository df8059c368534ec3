// The issues of one field.
import { isDirty } from "@/wizard/state";
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
  const isWritten = state.draft.content !== "" || state.draft.cta !== "" || state.draft.hashtags.length > 0;
  // What the brand gives to a new post is not yet somebody's.
  const isBegun = isWritten && (state.post !== null || isDirty(state));
  return { error: isBegun ? message("error") : undefined, warning: message("warning") };
}

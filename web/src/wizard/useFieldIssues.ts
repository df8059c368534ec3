// What is to be said at a field.
import { useWizard } from "@/wizard/useWizard";

/** What the server says of a field that nobody has touched yet waits for the last step; emptiness most of all. */
export function useFieldRemarks(field: string): { error: string | undefined; warning: string | undefined } {
  const { remarks, state } = useWizard();
  const its = remarks.filter((remark) => remark.field === field);
  const says = (kind: string) =>
    its
      .filter((remark) => remark.kind === kind)
      .map((remark) => remark.says)
      .join(" ") || undefined;
  const begun = state.draft.content !== "" || state.draft.cta !== "" || state.draft.hashtags.length > 0;
  return { error: begun ? says("error") : undefined, warning: says("warning") };
}

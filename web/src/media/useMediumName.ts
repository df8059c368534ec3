// The name under which a picture is shown.
import type { Medium } from "@/api/media";
import { useDateTime } from "@/ui/DateTime";

/** Return a function for a picture's file name; its alt text or time where it has none. */
export function useMediumName(): (medium: Medium) => string {
  const { format } = useDateTime();
  return ({ filename, alt, created_at }) => filename || alt || format(created_at);
}

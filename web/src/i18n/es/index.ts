// The messages of the language that this folder is named by: one file for each area.
import type { Bundle } from "@/i18n/keys";

export const bundles = import.meta.glob<Bundle>("./*.json", { eager: true, import: "default" });
